package dev.ringside.device;

/** Takes bytes that a guest sends: a serial line's wire, a debug console. Never blocks. */
@FunctionalInterface
public interface CharSink {
    void accept(int octet);

    CharSink NONE = octet -> {
    };
}
