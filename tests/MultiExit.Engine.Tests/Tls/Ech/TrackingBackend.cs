using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>A library whose connections are watched.</summary>
internal sealed class TrackingBackend(IEchBackend inner) : IEchBackend
{
    private readonly ConcurrentBag<WeakReference> _engines = [];

    public string Name => inner.Name;

    public int Made => _engines.Count;

    public bool AnyAlive => _engines.Any(engine => engine.IsAlive);

    public EchEngine CreateClient(EchClientTask task) => Watched(inner.CreateClient(task));

    public IEchServerIdentity CreateIdentity(X509Certificate2 certificate, X509Certificate2Collection chain, EchServerKeys keys) =>
        new Identity(this, inner.CreateIdentity(certificate, chain, keys));

    private EchEngine Watched(EchEngine engine)
    {
        _engines.Add(new WeakReference(engine));
        return engine;
    }

    private sealed class Identity(TrackingBackend backend, IEchServerIdentity inner) : IEchServerIdentity
    {
        public EchEngine CreateServer(EchServerKey key) => backend.Watched(inner.CreateServer(key));
    }
}
