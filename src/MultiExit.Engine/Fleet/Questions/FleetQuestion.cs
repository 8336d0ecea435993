namespace MultiExit.Engine.Fleet.Questions;

/// <summary>A question of a node to all others.</summary>
/// <param name="Id">Tells it from all others.</param>
/// <param name="Kind">What is asked for; a node may not know it.</param>
/// <param name="Filter">Which of it: a JSON document.</param>
internal sealed record FleetQuestion(Guid Id, string Kind, string Filter)
{
    /// <summary>The most bytes of a filter.</summary>
    public const int MaxFilter = 8192;
}
