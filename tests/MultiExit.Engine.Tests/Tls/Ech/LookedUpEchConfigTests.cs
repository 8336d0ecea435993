using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tests.Protocols.Ech;
using MultiExit.Engine.Tests.Resolving;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Tls.Ech;

public sealed class LookedUpEchConfigTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly ManualTimeProvider _time = new();
    private readonly FakeDnsClient _client = new();
    private readonly LookedUpEchConfig _source;

    public LookedUpEchConfigTests() => _source = new(new DnsCache(_client, _time), "a.example");

    [Fact]
    public async Task A_config_is_found()
    {
        Publish(Https(1, "", (5, EchVectors.RfcList)));
        EchConfigResult result = await GetAsync();
        Assert.Equal("example.com", result.Config?.PublicName);
        Assert.Null(result.Failure);
        Assert.Equal(["a.example Https"], _client.Asked);
    }

    [Fact]
    public async Task The_best_usable_record_counts()
    {
        byte[] other = EchVectors.List(EchVectors.Config(name: "622e6578616d706c65"));
        Publish(
            Https(3, "", (5, EchVectors.RfcList)), Https(2, "", (5, other)),
            Https(1, "", (0, [2, 0x9b]), (5, EchVectors.RfcList), (667, [])));
        Assert.Equal("b.example", (await GetAsync()).Config?.PublicName);
    }

    [Fact]
    public async Task An_alias_leads_to_the_config()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, type, 60, name == "a.example"
            ? Https(0, "b.example") : Https(1, "", (5, EchVectors.RfcList)))]));
        Assert.True((await GetAsync()).Succeeded);
        Assert.Equal(["a.example Https", "b.example Https"], _client.Asked);
    }

    [Fact]
    public async Task Aliases_without_end_are_refused()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, type, 60, Https(0, "x" + name))]));
        Assert.Equal("no ECH config: the HTTPS record of a.example leads through more than 8 aliases", (await GetAsync()).Failure);
    }

    [Fact]
    public async Task Why_there_is_none_is_told()
    {
        Assert.Equal("no ECH config: the resolver https://dns.test/ cannot be reached: Connection refused", await FailureAsync());
        Publish();
        Assert.Equal("no ECH config: a.example has no HTTPS record", await FailureAsync());
        _client.Responds((name, type) => Response(name, type, [], code: 3));
        Assert.Equal("no ECH config: the name a.example does not exist", await FailureAsync());
        Publish(Https(1, "", (1, [2, (byte)'h', (byte)'2'])));
        Assert.Equal("no ECH config: the HTTPS record of a.example has no ech parameter", await FailureAsync());
        Publish(Https(0, ""));
        Assert.Equal("no ECH config: the HTTPS record of a.example says that there is no such service", await FailureAsync());
        Publish(Https(1, "", (5, EchVectors.RfcList[..^1])));
        Assert.Equal("no ECH config in the HTTPS record of a.example: the ECHConfigList is cut off", await FailureAsync());
        Publish(Https(1, "", (5, EchVectors.List(EchVectors.Config(version: "fe0a"), EchVectors.Config(extensions: "99990000")))));
        Assert.Equal("no ECH config in the HTTPS record of a.example: config 1 is not usable: it has the version fe0a, and only fe0d is known; "
            + "config 2 is not usable: it has the mandatory extension 9999, which is not known", await FailureAsync());
        Publish(Https(1, "", (0, [2, 0x9b]), (5, EchVectors.RfcList), (667, [])));
        Assert.Equal(
            "no ECH config in the HTTPS record of a.example: a record must not be used without the parameter key667, which is not known",
            await FailureAsync());
        Publish(Https(1, "", (5, EchVectors.RfcList), (3, [0, 1])));
        Assert.Equal("no ECH config: holds a record that is malformed", await FailureAsync());
    }

    [Fact]
    public async Task An_expired_record_is_not_used()
    {
        Publish(Https(1, "", (5, EchVectors.RfcList)));
        Assert.True((await GetAsync()).Succeeded);
        _client.Answer = (_, _) => Task.FromResult(FakeDnsClient.Unreachable);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True((await GetAsync()).Succeeded);
        await Wait.UntilAsync(() => _client.Asked.Count == 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("the ECH config of a.example expired at 2030-01-01 00:01:00 UTC and cannot be renewed: "
            + "the resolver https://dns.test/ cannot be reached: Connection refused", (await GetAsync()).Failure);
    }

    [Fact]
    public async Task A_new_record_takes_over_before_the_old_one_expires()
    {
        Publish(Https(1, "", (5, EchVectors.RfcList)));
        await GetAsync();
        Publish(Https(1, "", (5, EchVectors.List(EchVectors.Config(name: "622e6578616d706c65")))));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("example.com", (await GetAsync()).Config?.PublicName);
        await Wait.UntilAsync(async () => (await GetAsync()).Config?.PublicName == "b.example");
    }

    private void Publish(params byte[][] records) =>
        _client.Responds((name, type) => Response(name, type, [.. records.Select(data => Record(Asked, DnsType.Https, 60, data))]));

    private async Task<string?> FailureAsync()
    {
        EchConfigResult result = await GetAsync();
        Assert.Null(result.Config);
        _time.Advance(TimeSpan.FromHours(1));
        return result.Failure;
    }

    private async Task<EchConfigResult> GetAsync() => await _source.GetAsync(default).AsTask().WaitAsync(Patience);
}
