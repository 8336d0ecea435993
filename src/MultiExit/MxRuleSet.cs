using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A rule set of a server, as it was when the object was made.</summary>
public sealed class MxRuleSet
{
    internal MxRuleSet(RunningServer server, RuleSetStatus status)
    {
        Server = server.Name;
        Socket = server.Socket;
        Name = status.Name;
        State = status.State.ToString();
        Source = status.Source;
        Format = status.Format;
        Domains = status.Domains;
        Networks = status.Networks;
        Keywords = status.Keywords;
        Memory = status.Memory;
        Sha256 = status.Sha256;
        Loaded = status.Loaded;
        Checked = status.Checked;
        FailingSince = status.FailingSince;
        Problem = status.Problem;
        Every = status.Every;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>The set's name.</summary>
    public string Name { get; }

    /// <summary>Whether it is what its source says: Current, Stale or Missing.</summary>
    public string State { get; }

    /// <summary>The file or URL; of a URL the part that holds no secret.</summary>
    public string Source { get; }

    /// <summary>How its entries are written: lines, clash or sing-box.</summary>
    public string Format { get; }

    /// <summary>Domains in force.</summary>
    public int Domains { get; }

    /// <summary>Networks in force, those within others left out.</summary>
    public int Networks { get; }

    /// <summary>Parts of names in force.</summary>
    public int Keywords { get; }

    /// <summary>Bytes of memory that its entries take.</summary>
    public long Memory { get; }

    /// <summary>The SHA-256 of the content in force; null: there is none.</summary>
    public string? Sha256 { get; }

    /// <summary>When the content in force was read from its source; null: there is none.</summary>
    public DateTimeOffset? Loaded { get; }

    /// <summary>When the source was last found to say what is in force; null: not since the server's start.</summary>
    public DateTimeOffset? Checked { get; }

    /// <summary>Since when it cannot be had; null: it can.</summary>
    public DateTimeOffset? FailingSince { get; }

    /// <summary>Why it cannot be had, with the line where its content is at fault; null: it can.</summary>
    public string? Problem { get; }

    /// <summary>How often it is fetched or looked at.</summary>
    public TimeSpan Every { get; }

    /// <summary>The set's name.</summary>
    public override string ToString() => Name;
}
