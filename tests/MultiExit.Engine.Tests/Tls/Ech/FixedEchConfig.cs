using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>A source that always gives the same config.</summary>
internal sealed class FixedEchConfig(EchConfigResult result) : IEchConfigSource
{
    public ValueTask<EchConfigResult> GetAsync(CancellationToken cancellationToken) => new(result);
}
