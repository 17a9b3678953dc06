/* Runs single A64 instructions from given states and tells how each ended.

   Everything happens in one signal handler.  The instruction under test, or else the one that
   follows it, takes a signal: its frame holds all registers as the instruction has left them.  The
   handler notes them, puts the registers of the next case into the frame and returns: to the next
   case's instruction.  So no register is in the way, and SP may be anything.

   Protocol over stdin and stdout, in native byte order (little-endian):

       first   count, then for each region: struct region, its bytes
       answer  count
       then    count <= MAX_CASES, then for each case: struct input
       answer  for each case: struct output; then the changes of all cases, one after the other

   Instructions are put into executable regions, all those of a batch before the first runs.  No
   two may be neighbours: what follows one must trap.  What a case has written is put back after it.
   Regions are whole pages.  The program ends with its input.

   It needs no C library: that would only be one more thing to install.  */

typedef unsigned long u64;
typedef unsigned int u32;

enum { MAX_REGIONS = 16, MAX_CASES = 512, STACK_BYTES = 1 << 16 };

/* A branch to itself ends by the timer.  The first tick may have been due before the case began,
   the second soon after; until the third the process has run for a whole interval.  */
enum { STUCK_TICKS = 3, INTERVAL_MICROSECONDS = 1000 };

enum { READ = 1, WRITE = 2, EXECUTE = 4 };  /* as in PROT_READ, PROT_WRITE, PROT_EXEC */

struct region { u64 address, size, permissions; };

struct state { u64 general[31], sp, pc, nzcv, qc, vectors[64]; };

struct input { u64 word; struct state state; };

struct output { u64 signal, changes; struct state state; };

struct change { u64 address, value; };

/* Linux on AArch64: system calls and the frame of a signal.  */

enum {
    SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT = 93, SYS_SETITIMER = 103, SYS_SIGALTSTACK = 132,
    SYS_RT_SIGACTION = 134, SYS_PRCTL = 167, SYS_MMAP = 222, SYS_MPROTECT = 226,
};

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26 };
enum { SA_SIGINFO = 4, SA_ONSTACK = 0x08000000 };
enum { MAP_PRIVATE = 0x02, MAP_ANONYMOUS = 0x20, MAP_FIXED_NOREPLACE = 0x100000 };
enum { ITIMER_VIRTUAL = 1, PR_PAC_SET_ENABLED_KEYS = 60, ALL_KEYS = 15 };
enum { FPSIMD_MAGIC = 0x46508001 };
enum { NZCV_SHIFT = 28, QC_SHIFT = 27 };  /* in PSTATE and in FPSR */

struct sigaction { void *handler; u64 flags; void *restorer; u64 mask; };

struct record { u32 magic, size; };

struct fpsimd { struct record head; u32 fpsr, fpcr; u64 vectors[64]; };

struct context {
    u64 flags, link, stack[3], mask, unused[15], padding;
    u64 fault_address, general[31], sp, pc, pstate, more_padding;
    struct record records[512];
};

static u64 system_call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
    register u64 x8 __asm__("x8") = number;
    register u64 x0 __asm__("x0") = a;
    register u64 x1 __asm__("x1") = b;
    register u64 x2 __asm__("x2") = c;
    register u64 x3 __asm__("x3") = d;
    register u64 x4 __asm__("x4") = e;
    register u64 x5 __asm__("x5") = f;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

static void quit(u64 status)
{
    for (;;)
        system_call(SYS_EXIT, status, 0, 0, 0, 0, 0);
}

static void check(u64 result)
{
    if (result > -4096ul)
        quit(-result);
}

static void receive(void *buffer, u64 size)
{
    for (u64 done = 0; done < size;) {
        u64 n = system_call(SYS_READ, 0, (u64)buffer + done, size - done, 0, 0, 0);
        if (n == 0)
            quit(0);
        check(n);
        done += n;
    }
}

static void send(const void *buffer, u64 size)
{
    for (u64 done = 0; done < size;) {
        u64 n = system_call(SYS_WRITE, 1, (u64)buffer + done, size - done, 0, 0, 0);
        check(n);
        done += n;
    }
}

static void copy(u64 *to, const u64 *from, u64 count)
{
    for (u64 i = 0; i < count; i++) {
        to[i] = from[i];
        __asm__("" ::: "memory");  /* or the compiler would call memcpy */
    }
}

static struct region regions[MAX_REGIONS];
static u64 *pristine[MAX_REGIONS];  /* what a region that may be written holds before each case */
static u64 region_count;

static struct input inputs[MAX_CASES];
static u32 displaced[MAX_CASES];  /* what was where the instructions of the batch are */
static u64 case_count, current = -1ul, ticks;

static struct output outputs[MAX_CASES];
static struct change *changes;
static u64 change_count;

static char stack[STACK_BYTES] __attribute__((aligned(16)));

static void *map(u64 address, u64 size, u64 flags)
{
    u64 all = MAP_PRIVATE | MAP_ANONYMOUS | flags;
    u64 result = system_call(SYS_MMAP, address, size, READ | WRITE, all, -1ul, 0);
    check(result);
    return (void *)result;
}

static void protect(const struct region *region, u64 permissions)
{
    check(system_call(SYS_MPROTECT, region->address, region->size, permissions, 0, 0, 0));
}

static void receive_regions(void)
{
    receive(&region_count, sizeof region_count);
    if (region_count > MAX_REGIONS)
        quit(1);
    u64 writable = 0;
    for (u64 i = 0; i < region_count; i++) {
        struct region *region = &regions[i];
        receive(region, sizeof *region);
        u64 *bytes = map(region->address, region->size, MAP_FIXED_NOREPLACE);
        receive(bytes, region->size);
        if (region->permissions & WRITE) {
            pristine[i] = map(0, region->size, 0);
            copy(pristine[i], bytes, region->size / 8);
            writable += region->size;
        }
        protect(region, region->permissions);
    }
    changes = map(0, MAX_CASES * (writable / 8 + 1) * sizeof *changes, 0);
    send(&region_count, sizeof region_count);
}

static void protect_code(u64 permissions)
{
    for (u64 i = 0; i < region_count; i++)
        if (regions[i].permissions & EXECUTE)
            protect(&regions[i], permissions);
}

static void put(u64 address, u32 word)
{
    *(volatile u32 *)address = word;
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(address) : "memory");
}

static void receive_batch(void)
{
    protect_code(READ | WRITE);
    for (u64 i = 0; i < case_count; i++)
        put(inputs[i].state.pc, displaced[i]);
    receive(&case_count, sizeof case_count);
    if (case_count == 0 || case_count > MAX_CASES)
        quit(1);
    receive(inputs, case_count * sizeof *inputs);
    for (u64 i = 0; i < case_count; i++) {
        displaced[i] = *(u32 *)inputs[i].state.pc;
        put(inputs[i].state.pc, inputs[i].word);
    }
    protect_code(READ | EXECUTE);
}

static void send_batch(void)
{
    send(outputs, case_count * sizeof *outputs);
    send(changes, change_count * sizeof *changes);
    change_count = 0;
}

/* Reports what a case has changed in memory, and undoes it.  */
static void restore_region(const struct region *region, const u64 *before)
{
    u64 *bytes = (u64 *)region->address;
    for (u64 i = 0; i < region->size / 8; i++) {
        if (bytes[i] != before[i]) {
            struct change *change = &changes[change_count++];
            change->address = (u64)&bytes[i];
            change->value = bytes[i];
            bytes[i] = before[i];
        }
    }
}

static struct fpsimd *vectors_of(struct context *context)
{
    struct record *record = context->records;
    while (record->magic != FPSIMD_MAGIC)
        record += record->size / sizeof *record;
    return (struct fpsimd *)record;
}

static void note(u64 signal, struct context *context)
{
    struct output *result = &outputs[current];
    struct state *state = &result->state;
    const struct fpsimd *fpsimd = vectors_of(context);
    u64 before = change_count;
    for (u64 i = 0; i < region_count; i++)
        if (pristine[i])
            restore_region(&regions[i], pristine[i]);
    result->signal = signal;
    result->changes = change_count - before;
    copy(state->general, context->general, 33);
    state->nzcv = context->pstate >> NZCV_SHIFT & 0xF;
    state->qc = fpsimd->fpsr >> QC_SHIFT & 1;
    copy(state->vectors, fpsimd->vectors, 64);
}

static void start(const struct state *state, struct context *context)
{
    struct fpsimd *fpsimd = vectors_of(context);
    fpsimd->fpsr = state->qc << QC_SHIFT;
    fpsimd->fpcr = 0;
    copy(fpsimd->vectors, state->vectors, 64);
    copy(context->general, state->general, 33);
    context->pstate = state->nzcv << NZCV_SHIFT;
    /* The records that follow could give the vectors other values: they end here.  */
    struct record *next = (struct record *)(fpsimd + 1);
    next->magic = next->size = 0;
    ticks = 0;
}

static void on_signal(int signal, void *info, struct context *context)
{
    (void)info;
    if (signal == SIGVTALRM && ++ticks < STUCK_TICKS)
        return;
    if (current < case_count)
        note(signal, context);
    if (++current == case_count) {
        send_batch();
        receive_batch();
        current = 0;
    }
    start(&inputs[current].state, context);
}

static void handle_signals(void)
{
    static const unsigned char signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGVTALRM};
    struct sigaction action;
    action.handler = (void *)on_signal;
    action.flags = SA_SIGINFO | SA_ONSTACK;
    action.mask = -1ul;
    for (u64 i = 0; i < sizeof signals; i++)
        check(system_call(SYS_RT_SIGACTION, signals[i], (u64)&action, 0, 8, 0, 0));
    u64 alternative[3];
    alternative[0] = (u64)stack;
    alternative[1] = 0;
    alternative[2] = sizeof stack;
    check(system_call(SYS_SIGALTSTACK, (u64)alternative, 0, 0, 0, 0, 0));
    u64 timer[4] = {0, INTERVAL_MICROSECONDS, 0, INTERVAL_MICROSECONDS};
    check(system_call(SYS_SETITIMER, ITIMER_VIRTUAL, (u64)timer, 0, 0, 0, 0));
}

void _start(void)
{
    /* Pointer authentication off; a processor that has none, or an old kernel, refuses.  */
    system_call(SYS_PRCTL, PR_PAC_SET_ENABLED_KEYS, ALL_KEYS, 0, 0, 0, 0);
    receive_regions();
    handle_signals();
    __asm__ volatile("brk #0");
    __builtin_unreachable();
}
