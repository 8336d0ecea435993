using MultiExit.Engine.Configuration.History;

namespace MultiExit;

/// <summary>A configuration that was put in force.</summary>
public sealed class MxConfigVersion
{
    internal MxConfigVersion(RunningServer? server, string history, ConfigVersion version, bool inForce)
    {
        Name = server?.Name;
        Socket = server?.Socket;
        History = history;
        Version = version.Number;
        InForce = inForce;
        Time = version.Time;
        Who = version.Who;
        Why = version.Why.ToString();
        Outcome = version.Outcome.ToString();
        Check = version.Check;
        Message = version.Message;
        Config = version.File;
        Sha256 = version.Sha256;
    }

    /// <summary>The server; null when the folder was read.</summary>
    public string? Name { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The folder of the versions.</summary>
    public string History { get; }

    /// <summary>The number, from 1.</summary>
    public int Version { get; }

    /// <summary>Whether the server runs it now; false when the folder was read.</summary>
    public bool InForce { get; }

    /// <summary>When it was put in force.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The user who did it.</summary>
    public string Who { get; }

    /// <summary>Start, File, HangUp, Set, Restore, AutoRevert, Control, Edit or Fleet.</summary>
    public string Why { get; }

    /// <summary>Applied, Unconfirmed, Confirmed or Reverted.</summary>
    public string Outcome { get; }

    /// <summary>What its check said.</summary>
    public string Check { get; }

    /// <summary>What the change is for, in the words of who made it; null: nothing was said.</summary>
    public string? Message { get; }

    /// <summary>The file it was read from.</summary>
    public string? Config { get; }

    /// <summary>SHA-256 of its text, hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Number, time and reason.</summary>
    public override string ToString() => Message is null ? $"version {Version} of {Time:u} ({Why})" : $"version {Version} of {Time:u} ({Why}): {Message}";
}
