using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>A config that is written in the configuration.</summary>
internal sealed class StaticEchConfig(EchConfigList configs) : IEchConfigSource
{
    private readonly EchConfigResult _result = configs.Usable is { } config
        ? EchConfigResult.Success(config)
        : EchConfigResult.Failed($"the ECH config of the configuration cannot be used: {configs.WhyNot}");

    public ValueTask<EchConfigResult> GetAsync(CancellationToken cancellationToken) => new(_result);
}
