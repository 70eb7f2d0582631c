package dev.ringside.device;

/** The outer end of a serial line. */
public interface SerialPort {
    /** {@code com1}. */
    String name();

    /** Where bytes go that the guest sends; {@link CharSink#NONE} at first. */
    void connect(CharSink sink);

    /** A byte arrives from outside; queued until the guest takes it. This is input of the run: who records, records it here. */
    void receive(int octet);
}
