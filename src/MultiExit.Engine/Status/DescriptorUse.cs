namespace MultiExit.Engine.Status;

/// <summary>The descriptors of a server's process, which all its servers share.</summary>
/// <param name="Used">The descriptors in use now.</param>
/// <param name="Limit">The most that the process may have (RLIMIT_NOFILE).</param>
/// <param name="Waits">How often new clients had to wait for one since the process started (MX1061).</param>
/// <param name="Refused">How many dials and UDP associations were refused for want of one since then.</param>
public sealed record DescriptorUse(long Used, long Limit, long Waits, long Refused);
