namespace MultiExit.Engine.Probing;

/// <summary>What the far end of a measurement does.</summary>
public enum MeasureTargetKind
{
    /// <summary>A service of the measurement itself, on this machine: takes, gives and sends back.</summary>
    Own,
    /// <summary>Sends back what it gets.</summary>
    Echo,
    /// <summary>Takes all and says nothing.</summary>
    Discard,
    /// <summary>Serves a file over HTTP.</summary>
    Http,
}
