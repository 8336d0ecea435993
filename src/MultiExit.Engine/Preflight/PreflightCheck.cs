using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight;

/// <summary>One thing that a host must have for a configuration. Nothing is changed.</summary>
/// <param name="name">The name of its results.</param>
internal abstract class PreflightCheck(string name)
{
    /// <summary>The name of its results.</summary>
    public string Name { get; } = name;

    /// <summary>Looks.</summary>
    /// <returns>At least one result.</returns>
    public abstract ValueTask<IReadOnlyList<PreflightResult>> LookAsync(PreflightContext context, CancellationToken cancellationToken);

    /// <summary>All is well.</summary>
    protected PreflightResult Ok(string detail) => new(Name, PreflightStatus.Ok, detail);

    /// <summary>Something will not work well.</summary>
    protected PreflightResult Warn(string detail, string action) => new(Name, PreflightStatus.Warning, detail, action);

    /// <summary>Something will not work.</summary>
    protected PreflightResult Fail(string detail, string action) => new(Name, PreflightStatus.Error, detail, action);

    /// <summary>There is nothing to check, or it cannot be looked at.</summary>
    protected PreflightResult Skip(string why, string? action = null) => new(Name, PreflightStatus.Skipped, why, action);
}
