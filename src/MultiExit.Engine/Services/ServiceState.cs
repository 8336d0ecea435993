namespace MultiExit.Engine.Services;

/// <summary>A service as systemd knows it.</summary>
/// <param name="Name">The instance.</param>
/// <param name="Unit">The unit.</param>
/// <param name="ActiveState"><c>active</c>, <c>inactive</c>, <c>failed</c>, <c>activating</c>, <c>deactivating</c> or <c>reloading</c>.</param>
/// <param name="SubState">The state in more detail: <c>running</c>, <c>dead</c>, <c>auto-restart</c>, ...</param>
/// <param name="IsEnabled">Whether it starts with the system.</param>
/// <param name="ProcessId">The process; null when there is none.</param>
/// <param name="Since">When it became active; null when it is not.</param>
/// <param name="Restarts">How often systemd has started it again.</param>
/// <param name="Result">How it ended last: <c>success</c>, <c>exit-code</c>, <c>signal</c>, <c>timeout</c>, ...</param>
/// <param name="StatusText">What the server says of itself: where it listens, what became of the last reload; null when it says nothing.</param>
/// <param name="ConfigFile">The configuration; null when it is not known.</param>
public sealed record ServiceState(
    string Name, string Unit, string ActiveState, string SubState, bool IsEnabled, int? ProcessId, DateTimeOffset? Since, int Restarts, string Result,
    string? StatusText, string? ConfigFile);
