using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Multiplexing;

/// <summary>One connection to a tunnel server that carries many streams.</summary>
internal interface ICarrier : IAsyncDisposable
{
    /// <summary>The live streams: its load.</summary>
    int StreamCount { get; }

    /// <summary>False once it has ended or the peer wants no new streams (GOAWAY).</summary>
    bool AcceptsStreams { get; }

    /// <summary>Its connection, as it leaves this host; null where it is not known.</summary>
    LeftConnection? Left { get; set; }

    /// <summary>No new streams; the carrier ends with its last one.</summary>
    void GoAway();

    /// <summary>Why it has ended; null while it lives.</summary>
    Exception? Failure { get; }

    /// <summary>Completes, never faults, when the carrier has ended; its streams have ended before.</summary>
    Task Completion { get; }
}
