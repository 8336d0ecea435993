namespace MultiExit.Engine.Configuration;

/// <summary>A way out.</summary>
public abstract record ExitConfig
{
    /// <summary>The name, unique among exits and groups; <c>direct</c> and <c>block</c> are taken.</summary>
    public required string Name { get; init; }

    /// <summary>The value of <c>type</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Its share in groups with the strategy <c>weighted</c> (key <c>weight</c>, 1 to 1000, default 1).</summary>
    public int Weight { get; init; } = 1;
}
