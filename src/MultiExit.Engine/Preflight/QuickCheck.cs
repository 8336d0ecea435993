using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight;

/// <summary>A check that waits for nothing.</summary>
/// <param name="name">The name of its results.</param>
internal abstract class QuickCheck(string name) : PreflightCheck(name)
{
    public sealed override ValueTask<IReadOnlyList<PreflightResult>> LookAsync(PreflightContext context, CancellationToken cancellationToken) =>
        new([.. Look(context)]);

    /// <inheritdoc cref="LookAsync"/>
    protected abstract IEnumerable<PreflightResult> Look(PreflightContext context);
}
