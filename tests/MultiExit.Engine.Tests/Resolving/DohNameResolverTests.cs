using System.Net;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Resolving;

public sealed class DohNameResolverTests : IDisposable
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private static readonly byte[] Ipv6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeDnsClient _client = new();
    private readonly DohNameResolver _resolver;

    public DohNameResolverTests() => _resolver = new(_client, _time);

    [Fact]
    public async Task Both_families_are_asked_for()
    {
        _client.Responds(Both);
        NameResult result = await ResolveAsync("A.Example");
        Assert.Equal(["2001:db8::1", "192.0.2.1"], result.Addresses.Select(address => address.ToString()));
        Assert.Equal(["a.example A", "a.example Aaaa"], _client.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_family_is_enough()
    {
        _client.Responds((name, type) => type == DnsType.A ? Both(name, type) : Response(name, type, [], [Soa(60, 60)]));
        Assert.Equal(["192.0.2.1"], (await ResolveAsync("a.example")).Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public async Task A_family_that_is_silent_is_not_waited_for_long()
    {
        TaskCompletionSource<DnsReply> never = new();
        _client.Answer = (name, type) => type == DnsType.Aaaa ? never.Task : Task.FromResult(FakeDnsClient.Reply(Both(name, type), name, type));
        Task<NameResult> result = ResolveAsync("a.example");
        await _time.WaitForTimersAsync(1);
        Assert.False(result.IsCompleted);
        _time.Advance(DohNameResolver.SecondFamily);
        Assert.Equal(["192.0.2.1"], (await result).Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public async Task Why_there_is_none_is_told()
    {
        _client.Responds((name, type) => Response(name, type, [], [Soa(1, 1)]));
        Assert.Equal("a.example has no address", (await ResolveAsync("a.example")).Failure);
        _client.Responds((name, type) => Response(name, type, [], [Soa(1, 1)], code: 3));
        Assert.Equal("the name b.example does not exist", (await ResolveAsync("b.example")).Failure);
        _client.Answer = (_, _) => Task.FromResult(FakeDnsClient.Unreachable);
        Assert.Equal(FakeDnsClient.Unreachable.Failure, (await ResolveAsync("c.example")).Failure);
        Assert.Equal("the name is no domain name", (await ResolveAsync("a b")).Failure);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("a.localhost.")]
    public async Task Localhost_is_never_asked_for(string name)
    {
        Assert.Equal([IPAddress.IPv6Loopback, IPAddress.Loopback], (await ResolveAsync(name)).Addresses);
        Assert.Empty(_client.Asked);
    }

    [Fact]
    public async Task A_wait_can_be_ended()
    {
        TaskCompletionSource<DnsReply> never = new();
        _client.Answer = (_, _) => never.Task;
        using CancellationTokenSource stop = new();
        Task<NameResult> result = _resolver.ResolveAsync("a.example", stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result.WaitAsync(Patience));
    }

    public void Dispose() => _resolver.Dispose();

    private static byte[] Both(string name, DnsType type) =>
        Response(name, type, [Record(Asked, type, 60, type == DnsType.A ? [192, 0, 2, 1] : Ipv6)]);

    private async Task<NameResult> ResolveAsync(string name) => await _resolver.ResolveAsync(name, default).AsTask().WaitAsync(Patience);
}
