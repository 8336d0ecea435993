using MultiExit.Engine.Configuration;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Provisioning;
using MultiExit.Engine.Tests.Resolving;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Preflight;

/// <summary>A host of files that a test writes.</summary>
internal sealed class MadeUpHost : IDisposable
{
    private readonly TemporaryFolder _root = new(inMemory: true);

    public FakeSystem System { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public bool? IsClockSynchronized { get; set; } = true;

    public FakeDnsClient Resolver { get; } = new();

    public Func<string> EchLibrary { get; set; } = () => "NSS 3.112";

    public SystemFiles Files => new(_root.Path);

    /// <summary>Writes a file.</summary>
    public MadeUpHost With(string path, string text)
    {
        string file = _root[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    /// <summary>Makes a link, which leads nowhere.</summary>
    public MadeUpHost WithLink(string path, string target)
    {
        string link = _root[path];
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
        return this;
    }

    /// <summary>The results of one check.</summary>
    public async Task<IReadOnlyList<PreflightResult>> LookAsync(PreflightCheck check, GatewayConfig config, bool isRunning = false)
    {
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        return await check.LookAsync(Context(config, transport, isRunning), TestContext.Current.CancellationToken);
    }

    public PreflightContext Context(GatewayConfig config, ITransport transport, bool isRunning = false) =>
        new(config, Files, System, transport, Time, isRunning)
        {
            IsClockSynchronized = () => IsClockSynchronized, Resolver = _ => Resolver, EchLibrary = () => EchLibrary(),
        };

    public void Dispose() => _root.Dispose();
}
