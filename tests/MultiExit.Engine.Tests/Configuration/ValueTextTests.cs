using System.Net;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    public void A_duration_is_read_and_written_back(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.Equal(text, DurationText.Format(duration));
    }

    [Fact]
    public void A_duration_may_be_in_days()
    {
        Assert.True(DurationText.TryParse("2d", out TimeSpan duration));
        Assert.Equal(TimeSpan.FromDays(2), duration);
        Assert.Equal("48h", DurationText.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("9999999999h")]
    [InlineData("9999999999d")]
    [InlineData("-1d")]
    [InlineData("99999999999s")]
    public void What_is_not_a_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2h45m", 9_900_000)]
    [InlineData("100us", 0.1)]
    [InlineData("0s", 0)]
    public void A_duration_of_socks5_websocket_proxy_is_read(string text, double milliseconds)
    {
        Assert.True(NanosecondText.TryParseText(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("1.2.3s")]
    [InlineData("s")]
    [InlineData("999999999999999h")]
    public void What_is_not_a_duration_of_socks5_websocket_proxy_is_refused(string text) => Assert.False(NanosecondText.TryParseText(text, out _));

    [Theory]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 65536)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("1KB", 1000)]
    public void A_size_is_read(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("64kb")]
    [InlineData("KiB")]
    [InlineData("9999999999B")]
    [InlineData("")]
    public void What_is_not_a_size_is_refused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1:1080", "127.0.0.1:1080")]
    [InlineData(":443", "[::]:443")]
    [InlineData("[::1]:1080", "[::1]:1080")]
    [InlineData("localhost:1080", "127.0.0.1:1080")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    public void A_listen_address_is_read(string text, string endPoint)
    {
        Assert.Null(ListenText.Parse(text, out IPEndPoint? read));
        Assert.Equal(IPEndPoint.Parse(endPoint), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("1:80")]
    [InlineData("0x7f.1:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[::1:80")]
    [InlineData("[]:80")]
    [InlineData("::1")]
    [InlineData("127.0.0.1:+80")]
    [InlineData("127.0.0.1: 80")]
    public void What_is_not_a_listen_address_is_refused(string text) => Assert.NotNull(ListenText.Parse(text, out _));

    [Theory]
    [InlineData("443", 443, 443)]
    [InlineData("8000-8999", 8000, 8999)]
    [InlineData("0-32767", 0, 32767)]
    public void A_port_or_a_range_of_ports_is_read(string text, int first, int last)
    {
        Assert.True(PortText.TryParseRange(text, out PortRange range));
        Assert.Equal(new((ushort)first, (ushort)last), range);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void A_network_is_read(string text, string network)
    {
        Assert.Null(NetworkText.Parse(text, out IPNetwork read));
        Assert.Equal(IPNetwork.Parse(network), read);
    }

    [Theory]
    [InlineData("lisen", "listen")]
    [InlineData("LISTEN", "listen")]
    [InlineData("udp-idle-timeout", "udp_idle_timeout")]
    [InlineData("colour", null)]
    [InlineData("", null)]
    public void The_nearest_known_word_is_suggested(string word, string? expected) =>
        Assert.Equal(expected, EditDistance.Nearest(word, ["listen", "udp_idle_timeout", "users", "tls"]));

    [Fact]
    public void Quoted_text_hides_what_stands_before_an_at() =>
        Assert.Equal("\"socks5://***@host:1\"", ErrorText.Quote("socks5://user:p@ss@host:1"));
}
