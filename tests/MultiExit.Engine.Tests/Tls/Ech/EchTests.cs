using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>The client's reaction to each answer of a server: accepted, or no connection, and never the inner name in the clear.</summary>
public sealed class EchTests : IDisposable
{
    private readonly EchSetup _setup = new();

    [EchFact]
    public async Task The_inner_name_is_hidden()
    {
        await ExchangeAsync(await _setup.ConnectAsync());
        Assert.True(_setup.Saw(EchSetup.PublicName));
        Assert.False(_setup.Saw(EchSetup.InnerName));
        Assert.False(_setup.Saw("hello"));
        Assert.Equal(1, _setup.Dials);
    }

    [EchTheory]
    [InlineData(8)]
    [InlineData(7)] // the server's number with another key
    public async Task A_stale_config_is_replaced_by_the_servers_own_once(byte configId)
    {
        EchConfig stale = EchSetup.NewKeys(configId: configId).Current.Config;
        await ExchangeAsync(await _setup.ConnectAsync(_setup.Client(stale)));
        Assert.Equal(2, _setup.Dials);
        Assert.False(_setup.Saw(EchSetup.InnerName));
    }

    [EchFact]
    public async Task Every_live_key_is_accepted()
    {
        EchKey older = EchKey.Create(EchSetup.PublicName, 1);
        EchKey newer = EchKey.Create(EchSetup.PublicName, 2, older.KeyPem, keep: 1);
        _setup.Keys = EchSetup.Load(newer.KeyPem);
        await ExchangeAsync(await _setup.ConnectAsync(_setup.Client(older.Config)));
        await ExchangeAsync(await _setup.ConnectAsync(_setup.Client(newer.Config)));
        Assert.Equal(2, _setup.Dials);
    }

    [EchFact]
    public async Task A_server_without_ech_is_refused()
    {
        using EchSetup plain = new() { Answer = inner => _setup.PlainServer().AcceptAsync(inner, default).AsTask() };
        string reason = await plain.RefusedAsync(plain.Client(plain.Keys.Current.Config, trusted: _setup));
        Assert.Contains("server.example:443", reason, StringComparison.Ordinal);
        Assert.Contains("does not accept ECH", reason, StringComparison.Ordinal);
        Assert.Equal(1, plain.Dials);
        Assert.False(plain.Saw(EchSetup.InnerName));
    }

    [EchFact]
    public async Task A_certificate_that_is_not_for_the_public_name_is_refused()
    {
        using EchSetup other = new("other.example");
        string reason = await other.RefusedAsync(other.Client(_setup.Keys.Current.Config));
        Assert.Contains("does not prove to be the public name public.example", reason, StringComparison.Ordinal);
        Assert.Equal(1, other.Dials);
        Assert.False(other.Saw(EchSetup.InnerName));
    }

    // Nothing inside TLS has proved the server when it rejects ECH, so its retry configs need a certificate even where none is asked for.
    [EchFact]
    public async Task Retry_configs_of_a_server_that_proves_nothing_are_not_used()
    {
        using EchSetup other = new("other.example");
        TlsClientConfig unchecked_ = new() { Check = CertificateCheck.None };
        await ExchangeAsync(await other.ConnectAsync(other.Client(other.Keys.Current.Config, unchecked_)));
        string reason = await other.RefusedAsync(other.Client(_setup.Keys.Current.Config, unchecked_));
        Assert.Contains("does not prove", reason, StringComparison.Ordinal);
        Assert.Equal(2, other.Dials);
        Assert.False(other.Saw(EchSetup.InnerName));
    }

    [EchFact]
    public async Task A_certificate_that_is_not_for_the_inner_name_is_refused()
    {
        using EchSetup other = new(EchSetup.PublicName, "someone-else.example");
        string reason = await other.RefusedAsync(other.Client(other.Keys.Current.Config));
        Assert.Contains("not for inner-secret.example", reason, StringComparison.Ordinal);
        Assert.False(other.Saw(EchSetup.InnerName));
    }

    [EchFact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        using EchSetup stranger = new();
        string reason = await _setup.RefusedAsync(_setup.Client(_setup.Keys.Current.Config, stranger.Config, trusted: stranger));
        Assert.Contains("not trusted", reason, StringComparison.Ordinal);
    }

    [EchFact]
    public async Task A_pin_decides_alone()
    {
        TlsClientConfig pinned = new() { Check = CertificateCheck.Pin, Pins = [_setup.Fingerprint] };
        await ExchangeAsync(await _setup.ConnectAsync(_setup.Client(_setup.Keys.Current.Config, pinned)));
        TlsClientConfig wrong = pinned with { Pins = [new string('0', 64)] };
        Assert.Contains("pinned", await _setup.RefusedAsync(_setup.Client(_setup.Keys.Current.Config, wrong)), StringComparison.Ordinal);
    }

    [EchTheory]
    [InlineData("PUBLIC.example", "is the public name")]
    [InlineData("192.0.2.1", "not a host name")]
    [InlineData("2001:db8::1", "not a host name")]
    [InlineData("", "not a host name")]
    public async Task Names_that_cannot_be_hidden_are_refused_before_dialing(string name, string expected)
    {
        Assert.Contains(expected, await _setup.RefusedAsync(_setup.Client(_setup.Keys.Current.Config), name), StringComparison.Ordinal);
        Assert.Equal(0, _setup.Dials);
    }

    [EchFact]
    public async Task A_server_that_speaks_no_tls_is_refused()
    {
        using EchSetup text = new()
        {
            Answer = async inner =>
            {
                await inner.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
                return inner;
            },
        };
        Assert.Contains("ECH with server.example:443", await text.RefusedAsync(text.Client(text.Keys.Current.Config)), StringComparison.Ordinal);
    }

    [EchFact]
    public async Task A_server_that_closes_at_once_is_an_error()
    {
        using EchSetup closing = new()
        {
            Answer = async inner =>
            {
                await inner.DisposeAsync();
                return inner;
            },
        };
        await Assert.ThrowsAnyAsync<IOException>(() => closing.ConnectAsync());
    }

    public void Dispose() => _setup.Dispose();

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
