namespace MultiExit.Engine.Dashboard;

/// <summary>Somebody who has logged in.</summary>
/// <param name="Visitor">Who it is.</param>
/// <param name="Began">When, on the clock that only goes forward.</param>
internal sealed record DashboardSession(DashboardVisitor Visitor, TimeSpan Began)
{
    /// <summary>The last request.</summary>
    public TimeSpan Used { get; set; } = Began;
}
