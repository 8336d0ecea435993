using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What a configuration would have done with sessions of a server.</summary>
public sealed class MxReplay
{
    internal MxReplay(string server, ReplayReport report)
    {
        Server = server;
        Against = report.Against.ToString();
        Since = report.Since;
        Sessions = report.Sessions;
        Same = report.Same;
        Different = report.Different;
        Refused = report.Refused;
        Admitted = report.Admitted;
        Undecided = report.Undecided;
        IsCut = report.IsCut;
        Changes = [.. report.Changes.Select(change => new MxReplayChange(change))];
    }

    /// <summary>The server whose sessions they were.</summary>
    public string Server { get; }

    /// <summary>Which sessions were replayed: Records or Live.</summary>
    public string Against { get; }

    /// <summary>From when; null: all that are kept, or live ones.</summary>
    public DateTimeOffset? Since { get; }

    /// <summary>How many were replayed.</summary>
    public long Sessions { get; }

    /// <summary>How many would be treated as they were.</summary>
    public long Same { get; }

    /// <summary>How many would take another exit or group.</summary>
    public long Different { get; }

    /// <summary>How many would be refused and were not.</summary>
    public long Refused { get; }

    /// <summary>How many were refused by a rule and would not be.</summary>
    public long Admitted { get; }

    /// <summary>Of how many it cannot be said.</summary>
    public long Undecided { get; }

    /// <summary>Whether there were more than are replayed, and the oldest were left out.</summary>
    public bool IsCut { get; }

    /// <summary>What would change, the most frequent first.</summary>
    public MxReplayChange[] Changes { get; }

    /// <summary>All of it in a line.</summary>
    public override string ToString() =>
        $"{Sessions} {(Against == nameof(ReplaySource.Live) ? "live" : "recorded")} sessions: {Different} would take another exit, {Refused} would be refused, "
        + $"{Admitted} would no longer be, {Undecided} cannot be said";
}
