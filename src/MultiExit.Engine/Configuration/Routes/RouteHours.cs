namespace MultiExit.Engine.Configuration.Routes;

/// <summary>A part of a day, in minutes since midnight. Where it ends before it begins it ends the next day, and belongs to the day on
/// which it began.</summary>
/// <param name="From">The first minute, 0 to 1439.</param>
/// <param name="To">The first minute after it, 1 to 1440.</param>
public readonly record struct RouteHours(int From, int To)
{
    /// <summary>As it is written, <c>08:00-18:00</c>.</summary>
    public override string ToString() => $"{From / 60:00}:{From % 60:00}-{To / 60:00}:{To % 60:00}";
}
