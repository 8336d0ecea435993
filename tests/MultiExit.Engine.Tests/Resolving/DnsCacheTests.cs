using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Tests.Support;
using static MultiExit.Engine.Tests.Protocols.Dns.DnsBytes;

namespace MultiExit.Engine.Tests.Resolving;

public sealed class DnsCacheTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly ManualTimeProvider _time = new();
    private readonly FakeDnsClient _client = new();
    private readonly DnsCache _cache;

    public DnsCacheTests() => _cache = new(_client, _time);

    [Fact]
    public async Task An_answer_is_kept_for_its_ttl_and_not_longer()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        Assert.True((await LookUpAsync()).Found);
        _time.Advance(TimeSpan.FromSeconds(79));
        Assert.True((await LookUpAsync()).Found);
        Assert.Single(_client.Asked);
        _time.Advance(TimeSpan.FromSeconds(21));
        _client.Answer = (_, _) => Task.FromResult(FakeDnsClient.Unreachable);
        Assert.Equal(DnsStatus.Unreachable, (await LookUpAsync()).Status);
    }

    [Fact]
    public async Task An_answer_in_use_is_renewed_before_it_expires()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        await LookUpAsync();
        TaskCompletionSource<DnsReply> renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Answer = (_, _) => renewal.Task;
        _time.Advance(TimeSpan.FromSeconds(80));
        // The old one meanwhile, without a wait.
        Assert.Equal("192.0.2.1", Address(await LookUpAsync()));
        renewal.SetResult(FakeDnsClient.Reply(Response("a.example", DnsType.A, [Record(Asked, DnsType.A, 100, 192, 0, 2, 2)]), "a.example", DnsType.A));
        await Wait.UntilAsync(async () => Address(await LookUpAsync()) == "192.0.2.2");
        Assert.Equal(2, _client.Asked.Count);
    }

    [Fact]
    public async Task A_renewal_that_fails_takes_nothing_away_and_is_tried_again()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        await LookUpAsync();
        _client.Answer = (_, _) => Task.FromResult(FakeDnsClient.Unreachable);
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.True((await LookUpAsync()).Found);
        await Wait.UntilAsync(() => _client.Asked.Count == 2 && !_cache.IsAsking);
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 2)]));
        _time.Advance(DnsCache.FailureTtl);
        await Wait.UntilAsync(async () => Address(await LookUpAsync()) == "192.0.2.2");
    }

    [Fact]
    public async Task Equal_look_ups_at_a_time_are_one_and_each_may_end_its_wait()
    {
        TaskCompletionSource<DnsReply> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _client.Answer = (_, _) => answer.Task;
        using CancellationTokenSource stop = new();
        Task<DnsAnswer> first = _cache.LookUpAsync("a.example", DnsType.A, stop.Token).AsTask();
        Task<DnsAnswer> second = LookUpAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Patience));
        answer.SetResult(FakeDnsClient.Reply(Response("a.example", DnsType.A, [Record(Asked, DnsType.A, 0, 192, 0, 2, 1)]), "a.example", DnsType.A));
        Assert.True((await second).Found);
        Assert.Single(_client.Asked);
    }

    [Fact]
    public async Task What_does_not_exist_is_kept_as_its_zone_says_but_not_for_long()
    {
        _client.Responds((name, type) => Response(name, type, [], [Soa(86400, 86400)], code: 3));
        DnsAnswer answer = await LookUpAsync();
        Assert.Equal((DnsStatus.NoSuchName, "the name a.example does not exist"), (answer.Status, answer.Failure));
        _time.Advance(DnsCache.LongestNegativeTtl - TimeSpan.FromSeconds(1));
        await LookUpAsync();
        Assert.Single(_client.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        await LookUpAsync();
        Assert.Equal(2, _client.Asked.Count);
    }

    [Fact]
    public async Task Without_a_word_of_the_zone_nothing_negative_is_kept()
    {
        _client.Responds((name, type) => Response(name, type, []));
        Assert.Equal("a.example has no A record", (await LookUpAsync()).Failure);
        await LookUpAsync();
        Assert.Equal(2, _client.Asked.Count);
    }

    [Fact]
    public async Task A_resolver_in_trouble_is_asked_once_a_second()
    {
        DnsAnswer answer = await LookUpAsync();
        Assert.Equal(DnsStatus.Unreachable, answer.Status);
        await LookUpAsync();
        Assert.Single(_client.Asked);
        _time.Advance(DnsCache.FailureTtl);
        await LookUpAsync();
        Assert.Equal(2, _client.Asked.Count);
    }

    [Theory]
    [InlineData(2, "the resolver answers ServerFailure for a.example")]
    [InlineData(5, "the resolver answers Refused for a.example")]
    public async Task A_refusal_is_told(byte code, string failure)
    {
        _client.Responds((name, type) => Response(name, type, [], code: code));
        DnsAnswer answer = await LookUpAsync();
        Assert.Equal((DnsStatus.BadAnswer, failure), (answer.Status, answer.Failure));
    }

    [Fact]
    public async Task An_alias_without_its_end_is_asked_for()
    {
        _client.Responds((name, type) => name == "a.example"
            ? Response(name, type, [Record(Asked, DnsType.Cname, 7, Name("b.example"))])
            : Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        DnsAnswer answer = await LookUpAsync();
        Assert.Equal(["a.example A", "b.example A"], _client.Asked);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(7), answer.Expires);
    }

    [Fact]
    public async Task Aliases_without_end_come_to_one()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.Cname, 7, Name("x" + name))]));
        Assert.Equal("a.example leads through more than 8 aliases", (await LookUpAsync()).Failure);
        Assert.Equal(9, _client.Asked.Count);
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_clock_that_is_set_neither_prolongs_nor_shortens_what_is_kept(int days)
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        await LookUpAsync();
        _time.WallOffset = TimeSpan.FromDays(days);
        await LookUpAsync();
        Assert.Single(_client.Asked);
        _time.Advance(TimeSpan.FromSeconds(100));
        await LookUpAsync();
        Assert.Equal(2, _client.Asked.Count);
    }

    [Fact]
    public async Task The_age_of_a_response_is_taken_off_its_ttl()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]), TimeSpan.FromSeconds(40));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(60), (await LookUpAsync()).Expires);
    }

    [Fact]
    public async Task A_response_older_than_its_ttl_is_not_used()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]), TimeSpan.FromSeconds(101));
        DnsAnswer answer = await LookUpAsync();
        Assert.Equal(DnsStatus.Expired, answer.Status);
        Assert.Equal("the answer for a.example had expired when it came: it was 101 s old and holds for 100 s", answer.Failure);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        _client.Responds((name, type) => Response(name, type, [Record(Asked, DnsType.A, 100, 192, 0, 2, 1)]));
        for (int i = 0; i < DnsCache.Capacity + 10; i++) await _cache.LookUpAsync($"n{i}.example", DnsType.A, default);
        Assert.Equal(DnsCache.Capacity, _cache.Count);
        _time.Advance(TimeSpan.FromSeconds(100));
        await LookUpAsync();
        Assert.Equal(1, _cache.Count);
    }

    private async Task<DnsAnswer> LookUpAsync() => await _cache.LookUpAsync("a.example", DnsType.A, default).AsTask().WaitAsync(Patience);

    private static string Address(DnsAnswer answer) => Assert.IsType<DnsAddressRecord>(answer.Records[0]).Address.ToString();
}
