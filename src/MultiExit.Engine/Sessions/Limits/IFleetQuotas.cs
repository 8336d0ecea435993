namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Quotas that the nodes of a fleet have in common. Thread-safe, and never waits.</summary>
internal interface IFleetQuotas
{
    /// <summary>Whether a user may move nothing more on this node.</summary>
    /// <param name="account">The user.</param>
    /// <param name="quota">Its quota.</param>
    QuotaState StateOf(string account, long quota);

    /// <summary>The bytes of a user this month on all nodes, as far as it is known.</summary>
    long UsedBy(string account);
}
