using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Protocols;

/// <summary>The name in the first bytes of a client.</summary>
public sealed class SniffedNameTests
{
    [Fact]
    public async Task The_name_of_a_ClientHello_is_found_as_soon_as_all_of_it_is_there()
    {
        byte[] hello = await HelloAsync("WWW.Example.com");
        Assert.Equal((ParseStatus.Ok, "www.example.com"), Read(hello));
        Assert.Equal((ParseStatus.Ok, "www.example.com"), Read([.. hello, 1, 2, 3]));
        for (int length = 0; length < hello.Length; length++) Assert.Equal((ParseStatus.NeedMore, null), Read(hello[..length]));
    }

    [Fact]
    public async Task A_ClientHello_may_come_in_several_records()
    {
        byte[] hello = await HelloAsync("www.example.com");
        byte[] body = hello[5..];
        byte[] split = [.. Enumerable.Range(0, (body.Length + 49) / 50).SelectMany(i => Record(body[(i * 50)..Math.Min(i * 50 + 50, body.Length)]))];
        Assert.Equal((ParseStatus.Ok, "www.example.com"), Read(split));

        static byte[] Record(byte[] part) => [22, 3, 1, 0, (byte)part.Length, .. part];
    }

    [Fact]
    public async Task Any_byte_that_is_wrong_in_a_ClientHello_is_no_fault_of_the_reader()
    {
        byte[] hello = await HelloAsync("www.example.com");
        for (int i = 0; i < hello.Length; i++)
        {
            byte[] wrong = [.. hello];
            wrong[i] ^= 0xff;
            (ParseStatus status, string? name) = Read(wrong);
            Assert.True(status == ParseStatus.Ok || name is null);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: WWW.example.com\r\n", "www.example.com")]
    [InlineData("POST /a?b HTTP/1.0\r\nX: y\r\nhost:\twww.example.com:8080 \r\n\r\n", "www.example.com")]
    [InlineData("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n", null)]
    [InlineData("GET / HTTP/1.1\r\nX: y\r\n\r\n", null)]
    public void The_field_Host_of_a_request_is_found(string text, string? name) =>
        Assert.Equal((ParseStatus.Ok, name), Read(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHos")]
    [InlineData("GET / HTTP/1.1\r\nHost: www.example.com\r")]
    public void A_request_that_is_not_whole_may_still_have_a_name(string text) =>
        Assert.Equal((ParseStatus.NeedMore, null), Read(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("GET /\r\nHost: www.example.com\r\n")]
    [InlineData("get / HTTP/1.1\r\n")]
    [InlineData("\0\0\0")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Other_protocols_are_known_at_once(string text) => Assert.Equal((ParseStatus.Invalid, null), Read(Encoding.ASCII.GetBytes(text)));

    private static (ParseStatus Status, string? Name) Read(byte[] source) => (SniffedName.Read(source, out string? name), name);

    /// <summary>What a TLS client sends first.</summary>
    internal static async Task<byte[]> HelloAsync(string name)
    {
        using MemoryStream sent = new();
        await using SslStream tls = new(new WriteOnly(sent));
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = SslProtocols.Tls13 }));
        byte[] all = sent.ToArray();
        return all[..(5 + (all[3] << 8 | all[4]))];
    }

    // Takes what is written, and ends when something is read.
    private sealed class WriteOnly(MemoryStream sent) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            sent.WriteAsync(buffer, cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }
}
