using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Preflight;

/// <summary>What the kernel knows of its clock.</summary>
internal static class SystemClock
{
    private const int TimeError = 5; // TIME_ERROR of adjtimex(2): the clock is not synchronized

    /// <summary>Whether a time service has set the clock; null where the system does not say. Any of them tells the kernel: chrony, ntpd,
    /// systemd-timesyncd.</summary>
    public static unsafe bool? IsSynchronized()
    {
        if (!OperatingSystem.IsLinux()) return null;
        byte* state = stackalloc byte[256]; // struct timex, 208 bytes; all zero: only read
        new Span<byte>(state, 256).Clear();
        int result = Libc.AdjustTime(state);
        return result < 0 ? null : result != TimeError;
    }
}
