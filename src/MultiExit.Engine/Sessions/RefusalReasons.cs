namespace MultiExit.Engine.Sessions;

/// <summary>The words of <see cref="RefusalReason"/>.</summary>
internal static class RefusalReasons
{
    /// <summary>The word for it, as a label of a metric.</summary>
    public static string Word(this RefusalReason reason) => reason switch
    {
        RefusalReason.LockedOut => "locked-out",
        RefusalReason.Rate => "rate",
        RefusalReason.Overloaded => "overloaded",
        RefusalReason.BackEnd => "back-end",
        RefusalReason.Connections => "connections",
        RefusalReason.Limit => "limit",
        RefusalReason.Handshake => "handshake",
        RefusalReason.Timeout => "timeout",
        _ => "protocol",
    };
}
