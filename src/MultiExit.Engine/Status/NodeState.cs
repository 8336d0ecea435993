namespace MultiExit.Engine.Status;

/// <summary>What is known of a node of a fleet.</summary>
public enum NodeState
{
    /// <summary>It has written to the store within the last 15 s, by the clock of the store.</summary>
    Alive,

    /// <summary>It has not, and did not say that it stops: it is gone, or does not reach the store.</summary>
    Silent,

    /// <summary>It has stopped in order.</summary>
    Left,
}
