package dev.ringside.arch;

/**
 * An exception of the guest's, on its way from the instruction that caused it to {@link Cpu#raise}. Control flow inside an engine: it has no
 * stack trace and never leaves {@code run}.
 */
public final class GuestFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exception number; x86: 0 to 31. */
    public int vector;
    /** Whether {@link #errorCode} is pushed. */
    public boolean hasErrorCode;
    public int errorCode;
    /** The faulting address of a page fault. */
    public long address;

    public GuestFault() {
        super(null, null, false, false);
    }

    public GuestFault set(int vector) {
        this.vector = vector;
        this.hasErrorCode = false;
        this.errorCode = 0;
        return this;
    }

    public GuestFault set(int vector, int errorCode) {
        this.vector = vector;
        this.hasErrorCode = true;
        this.errorCode = errorCode;
        return this;
    }

    public GuestFault set(int vector, int errorCode, long address) {
        set(vector, errorCode);
        this.address = address;
        return this;
    }
}
