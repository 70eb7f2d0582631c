package dev.ringside.pv;

/** An interface that takes all hypercalls once the guest has switched it on (Hyper-V: by HV_X64_MSR_GUEST_OS_ID). */
public interface Claiming {
    boolean claimsHypercalls();
}
