"""The trusted kernel: the meaning of terms, and the theorems that follow from it."""
