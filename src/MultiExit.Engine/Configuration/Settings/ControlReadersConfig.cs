namespace MultiExit.Engine.Configuration.Settings;

/// <summary>A second control socket whose clients read and change nothing.</summary>
/// <param name="Path">Its path (key <c>control.readers.socket</c>).</param>
/// <param name="Group">The group that may use it (key <c>control.readers.group</c>); null: the server's user and root alone.</param>
public sealed record ControlReadersConfig(string Path, string? Group);
