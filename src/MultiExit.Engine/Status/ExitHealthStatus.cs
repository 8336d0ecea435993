namespace MultiExit.Engine.Status;

/// <summary>The health of an exit or group at a moment.</summary>
/// <param name="State">Up, down, not known yet, or without a check. A group is up while a member is, and not known while none is but some may
/// be used.</param>
/// <param name="Reason">The reason, as a sentence; null when its state has not changed yet.</param>
/// <param name="Since">When it last went up or down; null when it never has.</param>
/// <param name="LastProbe">The last probe of its check; null before the first, and for groups.</param>
public sealed record ExitHealthStatus(ExitHealthState State, string? Reason, DateTimeOffset? Since, ExitProbe? LastProbe);
