using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Tls.Ech.Nss;
using MultiExit.Engine.Tls.Ech.OpenSsl;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>OpenSSL with itself, and each library as the other's independent peer.</summary>
public sealed class LibrariesTests
{
    public static TheoryData<bool, bool> Pairs => new() { { true, true }, { true, false }, { false, true } };

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task The_inner_name_is_hidden(bool openSslClient, bool openSslServer)
    {
        using EchSetup setup = Setup(openSslClient, openSslServer);
        await ExchangeAsync(await setup.ConnectAsync());
        Assert.True(setup.Saw(EchSetup.PublicName));
        Assert.False(setup.Saw(EchSetup.InnerName));
    }

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task A_stale_config_is_replaced_once(bool openSslClient, bool openSslServer)
    {
        using EchSetup setup = Setup(openSslClient, openSslServer);
        foreach (byte configId in (byte[])[7, 8])
            await ExchangeAsync(await setup.ConnectAsync(setup.Client(EchSetup.NewKeys(configId: configId).Current.Config)));
        Assert.Equal(4, setup.Dials);
        Assert.False(setup.Saw(EchSetup.InnerName));
    }

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task Every_live_key_is_accepted(bool openSslClient, bool openSslServer)
    {
        EchKey older = EchKey.Create(EchSetup.PublicName, 1);
        EchKey newer = EchKey.Create(EchSetup.PublicName, 2, older.KeyPem, keep: 1);
        using EchSetup setup = Setup(openSslClient, openSslServer);
        setup.Keys = EchSetup.Load(newer.KeyPem);
        await ExchangeAsync(await setup.ConnectAsync(setup.Client(older.Config)));
        await ExchangeAsync(await setup.ConnectAsync(setup.Client(newer.Config)));
        Assert.Equal(2, setup.Dials);
    }

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task A_certificate_for_another_name_is_refused(bool openSslClient, bool openSslServer)
    {
        EchConfig stale = EchSetup.NewKeys().Current.Config;
        using EchSetup other = Setup(openSslClient, openSslServer, "other.example", "someone.example");
        Assert.Contains("not for inner-secret.example", await other.RefusedAsync(other.Client(other.Keys.Current.Config)), StringComparison.Ordinal);
        Assert.Contains("does not prove to be the public name", await other.RefusedAsync(other.Client(stale)), StringComparison.Ordinal);
        Assert.Contains("does not prove to be the public name",
            await other.RefusedAsync(other.Client(stale, new TlsClientConfig { Check = CertificateCheck.None })), StringComparison.Ordinal);
        Assert.Equal(3, other.Dials);
        Assert.False(other.Saw(EchSetup.InnerName));
    }

    [LibrariesTheory]
    [InlineData(true, true)]
    public async Task A_server_without_ech_is_refused(bool openSslClient, bool openSslServer)
    {
        using EchSetup server = Setup(openSslClient, openSslServer);
        using EchSetup setup = new()
        {
            Backend = new OpenSslBackend(),
            Answer = inner => server.PlainServer().AcceptAsync(inner, default).AsTask(),
        };
        Assert.Contains("does not accept ECH", await setup.RefusedAsync(setup.Client(setup.Keys.Current.Config, trusted: server)), StringComparison.Ordinal);
        Assert.False(setup.Saw(EchSetup.InnerName));
    }

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task An_orderly_end_is_an_end_and_a_cut_is_an_error(bool openSslClient, bool openSslServer)
    {
        using EchSetup setup = Setup(openSslClient, openSslServer);
        (DuplexStream client, DuplexStream server) = await setup.ConnectAsync();
        await client.WriteAsync("question"u8.ToArray());
        await client.CompleteWritesAsync(default);
        await client.CompleteWritesAsync(default);
        byte[] question = await TestTransports.ReadToEndAsync(server);
        Assert.Equal("question"u8, question);
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
        await server.WriteAsync(new byte[100_000]);
        await server.DisposeAsync();
        byte[] buffer = new byte[100_000];
        await client.ReadExactlyAsync(buffer).AsTask().WaitAsync(EchSetup.Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(buffer).AsTask().WaitAsync(EchSetup.Patience));
        await client.DisposeAsync();
    }

    [LibrariesTheory]
    [MemberData(nameof(Pairs))]
    public async Task Large_data_in_both_directions_at_once_arrives_whole(bool openSslClient, bool openSslServer)
    {
        using EchSetup setup = Setup(openSslClient, openSslServer);
        (DuplexStream client, DuplexStream server) = await setup.ConnectAsync();
        byte[] data = new byte[8 << 20];
        new Random(2).NextBytes(data);
        Task<byte[]> there = TestTransports.ReadToEndAsync(server);
        Task<byte[]> back = TestTransports.ReadToEndAsync(client);
        await Task.WhenAll(SendAsync(client), SendAsync(server)).WaitAsync(EchSetup.Patience);
        byte[] received = await there;
        byte[] returned = await back;
        Assert.True(data.AsSpan().SequenceEqual(received));
        Assert.True(data.AsSpan().SequenceEqual(returned));
        await client.DisposeAsync();
        await server.DisposeAsync();

        async Task SendAsync(DuplexStream stream)
        {
            await stream.WriteAsync(data);
            await stream.CompleteWritesAsync(default);
        }
    }

    private static EchSetup Setup(bool openSslClient, bool openSslServer, string name = EchSetup.PublicName, params string[] otherNames) =>
        new(name, otherNames) { Backend = Library(openSslServer), ClientBackend = Library(openSslClient) };

    private static IEchBackend Library(bool openSsl) => openSsl ? new OpenSslBackend() : new NssBackend();

    private static async Task ExchangeAsync((DuplexStream Client, DuplexStream Server) pair)
    {
        await pair.Client.WriteAsync("hello"u8.ToArray());
        byte[] buffer = new byte[5];
        await pair.Server.ReadExactlyAsync(buffer).AsTask().WaitAsync(EchSetup.Patience);
        Assert.Equal("hello"u8, buffer);
        await pair.Client.DisposeAsync();
        await pair.Server.DisposeAsync();
    }
}
