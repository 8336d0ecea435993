using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Resolving;

/// <summary>The resolvers of a server over its reloads. One that is no longer in the configuration stays until the server ends,
/// since live sessions may still ask it; it holds no connection for longer than a minute.</summary>
internal sealed class ResolverSet(ITransport transport, TimeProvider time) : IDisposable
{
    private readonly SystemNameResolver _system = new(time);
    private readonly Dictionary<DohConfig, DohNameResolver> _doh = [];

    /// <summary>The resolver of a configuration: for the same settings the same one, with its cache. Not thread-safe.</summary>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public INameResolver For(DnsConfig config)
    {
        if (config.Doh is not { } doh) return _system;
        if (!_doh.TryGetValue(doh, out DohNameResolver? resolver)) _doh[doh] = resolver = new DohNameResolver(doh, transport, _system, time);
        return resolver;
    }

    public void Dispose()
    {
        foreach (DohNameResolver resolver in _doh.Values) resolver.Dispose();
    }
}
