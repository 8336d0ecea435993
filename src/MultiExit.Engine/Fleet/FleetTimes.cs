namespace MultiExit.Engine.Fleet;

/// <summary>The times and bounds of a fleet, which docs/fleet.md names.</summary>
internal static class FleetTimes
{
    /// <summary>How often a node writes to the store and reads it.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>How often what others have changed is read, also without having been told.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>How soon what has failed is tried again when there is something to do.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>How long a node that does not write is alive.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(15);

    /// <summary>How long an exchange with the store may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>How long a server that stops waits for the store.</summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    /// <summary>How long a change of the tables may take.</summary>
    public static readonly TimeSpan Migration = TimeSpan.FromMinutes(5);

    /// <summary>How often a node says what users want of limits that it shares.</summary>
    public static readonly TimeSpan SharePeriod = TimeSpan.FromSeconds(1);

    /// <summary>How long a share of a limit is granted for.</summary>
    public static readonly TimeSpan ShareTimeToLive = TimeSpan.FromSeconds(10);

    /// <summary>How often records are copied to the store.</summary>
    public static readonly TimeSpan RecordPeriod = TimeSpan.FromSeconds(10);

    /// <summary>How long a question to other nodes, and what they say to it, is in the store.</summary>
    public static readonly TimeSpan QuestionLife = TimeSpan.FromMinutes(1);

    /// <summary>How long a carrier waits at most to hear whether its handshake is a replay.</summary>
    public static readonly TimeSpan ReplayPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an answer to an operator may take.</summary>
    public static readonly TimeSpan Question = TimeSpan.FromSeconds(20);

    /// <summary>The most nodes that are read.</summary>
    public const int MaxNodes = 1000;
}
