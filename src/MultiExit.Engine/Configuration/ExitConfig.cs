namespace MultiExit.Engine.Configuration;

/// <summary>A way out.</summary>
public abstract record ExitConfig
{
    /// <summary>The name, unique among exits and groups; <c>direct</c> and <c>block</c> are taken.</summary>
    public required string Name { get; init; }

    /// <summary>The value of <c>type</c>.</summary>
    public abstract string Type { get; }
}
