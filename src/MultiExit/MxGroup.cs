using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A group of a server, as it was when the object was made.</summary>
public sealed class MxGroup
{
    internal MxGroup(RunningServer server, GroupStatus status)
    {
        Server = server.Name;
        Socket = server.Socket;
        Name = status.Name;
        Strategy = status.Strategy;
        Configured = status.Configured;
        Published = status.Published;
        Listed = status.Listed;
        Available = status.Available;
        MaxPublished = status.MaxPublished;
        LongestExpiry = status.LongestExpiry;
        Source = status.List?.Source;
        State = status.List?.State.ToString();
        Loaded = status.List?.Loaded;
        Checked = status.List?.Checked;
        FailingSince = status.List?.FailingSince;
        Problem = status.List?.Problem;
        Every = status.List?.Every;
        Sha256 = status.List?.Sha256;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>How it chooses: round_robin, sticky, ...</summary>
    public string Strategy { get; }

    /// <summary>The members of the configuration.</summary>
    public int Configured { get; }

    /// <summary>The members that are published now.</summary>
    public int Published { get; }

    /// <summary>The members of its list.</summary>
    public int Listed { get; }

    /// <summary>The members of all kinds that new connections may go to.</summary>
    public int Available { get; }

    /// <summary>The most members that may be published at a time; null: none may.</summary>
    public int? MaxPublished { get; }

    /// <summary>The longest time that a published member lasts; null: none may be published.</summary>
    public TimeSpan? LongestExpiry { get; }

    /// <summary>The file or URL of its list; of a URL the part that holds no secret. Null: it has no list.</summary>
    public string? Source { get; }

    /// <summary>Whether the list in force is what its source says, Current, Stale or Missing; null: it has no list.</summary>
    public string? State { get; }

    /// <summary>When the list in force was read from its source; null: there is none.</summary>
    public DateTimeOffset? Loaded { get; }

    /// <summary>When the source was last found to say what is in force; null: not since the server's start.</summary>
    public DateTimeOffset? Checked { get; }

    /// <summary>Since when the list cannot be had; null: it can.</summary>
    public DateTimeOffset? FailingSince { get; }

    /// <summary>Why the list cannot be had, with the line where it is at fault; null: it can.</summary>
    public string? Problem { get; }

    /// <summary>How often the source is fetched or looked at; null: there is no list.</summary>
    public TimeSpan? Every { get; }

    /// <summary>The SHA-256 of the list in force; null: there is none.</summary>
    public string? Sha256 { get; }

    /// <summary>The group's name.</summary>
    public override string ToString() => Name;
}
