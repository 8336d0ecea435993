using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>A client and a server with ECH over memory, and a tape of all that passed between them.</summary>
internal sealed class EchSetup : IDisposable
{
    public const string InnerName = "inner-secret.example";
    public const string PublicName = "public.example";

    private readonly TestCertificate _certificate;
    private readonly X509Certificate2 _pair;
    private readonly MemoryStream _tape = new();

    public EchSetup(string name = PublicName, params string[] otherNames)
    {
        _certificate = new TestCertificate(name, otherNames: otherNames.Length > 0 ? otherNames : [InnerName]);
        _pair = X509Certificate2.CreateFromPemFile(_certificate.CertificateFile, _certificate.KeyFile);
        Keys = NewKeys();
    }

    /// <summary>Why this system cannot run the tests; null when it can.</summary>
    public static string? WhyNot { get; } = FindReason(EchBackends.Require);

    public static TimeSpan Patience => TestTransports.Patience;

    /// <summary>The library of the server, and of the client unless it has its own.</summary>
    public IEchBackend Backend { get; init; } = EchBackends.Require();

    public IEchBackend? ClientBackend { get; init; }

    /// <summary>The keys the server has.</summary>
    public EchServerKeys Keys { get; set; }

    /// <summary>Whether the bytes between them are kept.</summary>
    public bool Tapped { get; init; } = true;

    /// <summary>Makes the connection between them, the client's end first.</summary>
    public Func<ValueTask<(DuplexStream Near, DuplexStream Far)>> Wire { get; init; } = () =>
    {
        DuplexPair pair = new();
        return new((pair.Left, pair.Right));
    };

    /// <summary>How the server answers, when not with its keys.</summary>
    public Func<DuplexStream, Task<DuplexStream>>? Answer { get; init; }

    /// <summary>How often the client has dialed.</summary>
    public int Dials { get; private set; }

    public TlsClientConfig Config => new() { CaFile = _certificate.CaFile };

    /// <summary>The SHA-256 of the server's certificate.</summary>
    public string Fingerprint => _pair.GetCertHashString(HashAlgorithmName.SHA256);

    public static EchServerKeys NewKeys(string publicName = PublicName, byte configId = 7) =>
        Load(EchKey.Create(publicName, configId).KeyPem);

    public static EchServerKeys Load(string pem)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, pem);
            return EchServerKeys.Load([file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public TlsServer PlainServer() =>
        new(new TlsServerConfig { CertificateFile = _certificate.CertificateFile, KeyFile = _certificate.KeyFile }, TimeProvider.System);

    public EchServer Server()
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(_certificate.CertificateFile);
        chain.RemoveAt(0);
        return new EchServer(Backend, _pair, chain, Keys);
    }

    /// <summary>A client.</summary>
    /// <param name="config">The config it has.</param>
    /// <param name="options">How it checks certificates.</param>
    /// <param name="trusted">The setup whose CA it trusts; null: this one.</param>
    /// <param name="backend">Its library.</param>
    public EchClient Client(EchConfig config, TlsClientConfig? options = null, EchSetup? trusted = null, IEchBackend? backend = null) => new(
        backend ?? ClientBackend ?? Backend,
        new PeerCertificates(options ?? Config, PemFile.ReadCertificates((trusted ?? this)._certificate.CaFile, "CA file")),
        "server.example:443", new FixedEchConfig(EchConfigResult.Success(config)));

    /// <summary>Connects with the server's own config.</summary>
    public Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync() => ConnectAsync(Client(Keys.Current.Config));

    public async Task<(DuplexStream Client, DuplexStream Server)> ConnectAsync(EchClient client, string innerName = InnerName)
    {
        Task<DuplexStream>? accepting = null;
        EchServer server = Server();
        DuplexStream stream = await client.ConnectAsync(
            async _ =>
            {
                (DuplexStream near, DuplexStream far) = await Wire();
                accepting = Answer is null ? AcceptAsync(server, far) : Answer(far);
                Dials++;
                return Tapped ? new TapStream(near, _tape) : near;
            },
            innerName, InnerName, CancellationToken.None).AsTask().WaitAsync(Patience);
        return (stream, await accepting!.WaitAsync(Patience));
    }

    /// <summary>Expects that no connection is made.</summary>
    public async Task<string> RefusedAsync(EchClient client, string innerName = InnerName) =>
        (await Assert.ThrowsAnyAsync<AuthenticationException>(() => ConnectAsync(client, innerName))).Message;

    /// <summary>Whether a text has passed between them in the clear.</summary>
    public bool Saw(string text)
    {
        lock (_tape) return _tape.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
    }

    public void Dispose()
    {
        _pair.Dispose();
        _certificate.Dispose();
    }

    /// <summary>Why a library cannot be used here; null when it can.</summary>
    public static string? FindReason(Func<IEchBackend> create)
    {
        try
        {
            create();
            return null;
        }
        catch (ProxyException exception)
        {
            return exception.Message;
        }
    }

    private static async Task<DuplexStream> AcceptAsync(EchServer server, DuplexStream inner)
    {
        (DuplexStream stream, bool tls) = await server.AcceptAsync(inner, CancellationToken.None);
        Assert.True(tls);
        return stream;
    }
}
