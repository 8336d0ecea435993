namespace MultiExit.Engine.Records.Traffic;

/// <summary>Which row of an interval; a part that there is none of is empty.</summary>
/// <param name="User">The authenticated user.</param>
/// <param name="Exit">The exit that served, or failed.</param>
/// <param name="Inbound">The inbound.</param>
internal readonly record struct TrafficKey(string User, string Exit, string Inbound)
{
    /// <summary>The user of the rows behind the last that an interval has room for.</summary>
    public const string Other = "(other)";
}
