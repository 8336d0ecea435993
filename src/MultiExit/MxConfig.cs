using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The configuration that a server runs.</summary>
public sealed class MxConfig
{
    internal MxConfig(RunningServer server, ConfigStatus status)
    {
        Name = server.Name;
        Socket = server.SocketBehind(status);
        Config = status.File;
        Dialect = status.Dialect;
        Sha256 = status.Sha256;
        History = status.History;
        Watched = status.Watched;
        LastReloadError = status.LastReloadError;
        Settings = [.. status.Settings];
        if (status.Version is { } version)
        {
            Version = version.Number;
            Time = version.Time;
            Who = version.Who;
            Why = version.Why.ToString();
            Outcome = version.Outcome.ToString();
            Check = version.Check;
        }
        if (status.Pending is { } pending)
        {
            PreviousVersion = pending.Previous;
            ConfirmUntil = pending.Until;
        }
    }

    /// <summary>The server.</summary>
    public string Name { get; }

    /// <summary>The control socket that the server is reached over, where the change has moved it to; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The server's own file; null for a server started from URLs.</summary>
    public string? Config { get; }

    /// <summary>What the document in force was recognised as.</summary>
    public string Dialect { get; }

    /// <summary>SHA-256 of the text in force, hexadecimal; null for a server started from URLs.</summary>
    public string? Sha256 { get; }

    /// <summary>The folder of the versions; null without <c>history</c>.</summary>
    public string? History { get; }

    /// <summary>The version in force; null without <c>history</c>.</summary>
    public int? Version { get; }

    /// <summary>When it was put in force.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>The user who did it.</summary>
    public string? Who { get; }

    /// <summary>Start, File, HangUp, Set, Restore, AutoRevert, Control, Edit or Fleet.</summary>
    public string? Why { get; }

    /// <summary>Applied, Unconfirmed or Confirmed.</summary>
    public string? Outcome { get; }

    /// <summary>What its check said.</summary>
    public string? Check { get; }

    /// <summary>The version that comes back unless this one is confirmed; null when it stays.</summary>
    public int? PreviousVersion { get; }

    /// <summary>When it comes back; null when this one stays.</summary>
    public DateTimeOffset? ConfirmUntil { get; }

    /// <summary>Whether a change of the file is put in force by itself.</summary>
    public bool Watched { get; }

    /// <summary>Why the last configuration that was offered is not in force; null when it is.</summary>
    public string? LastReloadError { get; }

    /// <summary>Every key with its value, <c>exits[wan1].weight: 2</c>, secrets masked; empty for a server started from URLs.</summary>
    public string[] Settings { get; }

    /// <summary>The server and the version.</summary>
    public override string ToString() => Version is null ? Name : $"{Name} version {Version}";
}
