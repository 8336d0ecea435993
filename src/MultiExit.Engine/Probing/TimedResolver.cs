using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>A resolver whose look-ups are timed.</summary>
internal sealed class TimedResolver(INameResolver inner, StepClock clock) : INameResolver
{
    public async ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        clock.Begin(TunnelTestStage.Resolve);
        NameResult result = await inner.ResolveAsync(name, cancellationToken).ConfigureAwait(false);
        clock.End(TunnelTestStage.Resolve, result.Failure ?? string.Join(", ", result.Addresses), result.Succeeded);
        return result;
    }
}
