using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Identity;

/// <summary>Logins that wait for their hash: one at a time, clients in turn, bounded, and the right ones remembered for a while.</summary>
public sealed class PasswordVerifierTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _time = new();
    private readonly BlockingCollection<bool> _answers = [];
    private readonly BlockingCollection<string> _computed = [];
    private readonly PasswordVerifier _verifier;
    private readonly PasswordHash _hash = Parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");

    public PasswordVerifierTests() => _verifier = new PasswordVerifier(_time)
    {
        // What is computed is listed, and ends when the test says what came out.
        Compute = (_, password) =>
        {
            _computed.Add(Encoding.ASCII.GetString(password.Span));
            Assert.True(_answers.TryTake(out bool answer, TestTransports.Patience));
            return answer;
        },
    };

    [Fact]
    public async Task A_real_hash_is_computed()
    {
        PasswordVerifier verifier = new(TimeProvider.System);
        Assert.True(await verifier.VerifyAsync(_hash, "U*U"u8.ToArray(), One, CancellationToken.None));
        Assert.False(await verifier.VerifyAsync(_hash, "U*V"u8.ToArray(), One, CancellationToken.None));
    }

    [Fact]
    public async Task No_thread_that_others_wait_for_computes_a_hash()
    {
        bool? isShared = null;
        PasswordVerifier verifier = new(_time)
        {
            Compute = (_, _) =>
            {
                isShared = Thread.CurrentThread.IsThreadPoolThread;
                return true;
            },
        };
        Assert.True(await verifier.VerifyAsync(_hash, "U*U"u8.ToArray(), One, CancellationToken.None));
        Assert.False(isShared);
    }

    [Fact]
    public async Task A_right_password_is_remembered_for_five_minutes_and_a_wrong_one_is_not()
    {
        await AnswerAsync(Verify("right"), "right", true);
        Assert.True(await Verify("right", Two));
        Assert.Empty(_computed);
        await AnswerAsync(Verify("wrong"), "wrong", false);
        await AnswerAsync(Verify("wrong"), "wrong", false);
        _time.Advance(TimeSpan.FromMinutes(5));
        await AnswerAsync(Verify("right"), "right", true);
    }

    [Fact]
    public async Task A_user_with_another_hash_is_asked_again()
    {
        await AnswerAsync(Verify("right"), "right", true);
        PasswordHash other = Parse("$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK");
        await AnswerAsync(_verifier.VerifyAsync(other, "right"u8.ToArray(), One, CancellationToken.None).AsTask(), "right", false);
    }

    [Fact]
    public async Task Clients_take_turns_whatever_each_of_them_asks_for()
    {
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        Task<bool>[] flood = [.. Enumerable.Range(0, 5).Select(i => Verify($"flood {i}"))];
        Task<bool> other = Verify("other", Two);
        _answers.Add(true);
        Assert.True(await first);
        Assert.Equal("flood 0", Next());
        _answers.Add(false);
        Assert.Equal("other", Next());
        _answers.Add(true);
        Assert.True(await other.WaitAsync(TestTransports.Patience));
        for (int i = 1; i < 5; i++)
        {
            Assert.Equal($"flood {i}", Next());
            _answers.Add(false);
        }
        Assert.All(await Task.WhenAll(flood), Assert.False);
    }

    [Fact]
    public async Task The_same_password_at_the_same_time_is_computed_once()
    {
        Task<bool>[] all = [.. Enumerable.Range(0, 500).Select(_ => Verify("same"))];
        Assert.Equal("same", Next());
        _answers.Add(true);
        Assert.All(await Task.WhenAll(all).WaitAsync(TestTransports.Patience), Assert.True);
        Assert.Empty(_computed);
    }

    [Fact]
    public async Task Beyond_its_places_a_client_is_refused_at_once_and_counted()
    {
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        Task<bool>[] waiting = [.. Enumerable.Range(0, LoginPlaces.OfClient).Select(i => Verify($"{i}"))];
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => Verify("one too many"));
        Assert.Equal(ProxyError.Overloaded, refused.Reason);
        Assert.Equal(1, _verifier.Refused);
        // Another client has its place all the same, and its turn next.
        Task<bool> other = Verify("other", Two);
        _answers.Add(true);
        Assert.True(await first);
        Assert.Equal("0", Next());
        _answers.Add(true);
        Assert.Equal("other", Next());
        await EndAsync([other, .. waiting], LoginPlaces.OfClient);
    }

    [Fact]
    public async Task Where_all_places_are_taken_the_longest_line_gives_one_up()
    {
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        Task<bool>[] waiting =
            [.. Enumerable.Range(0, LoginPlaces.All).Select(i => Verify($"{i}", new IPAddress([10, 0, 0, (byte)(i / LoginPlaces.OfClient)])))];
        Task<bool> other = Verify("other", Two);
        Task<bool> lost = Assert.Single(waiting, task => task.IsFaulted);
        Assert.Equal(ProxyError.Overloaded, (await Assert.ThrowsAsync<ProxyException>(() => lost)).Reason);
        Assert.False(other.IsCompleted);
        _answers.Add(true);
        Assert.True(await first);
        await EndAsync([other, .. waiting.Where(task => task != lost)], LoginPlaces.All);
    }

    [Fact]
    public async Task A_login_that_waited_too_long_is_not_computed()
    {
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        Task<bool> late = Verify("late");
        _time.Advance(PasswordVerifier.MaxWait + TimeSpan.FromSeconds(1));
        _answers.Add(true);
        Assert.True(await first);
        Assert.Equal(ProxyError.Overloaded, (await Assert.ThrowsAsync<ProxyException>(() => late.WaitAsync(TestTransports.Patience))).Reason);
        Assert.Empty(_computed);
    }

    [Fact]
    public async Task A_flood_gets_half_of_a_core()
    {
        // A hash of 4 s: 2 s are given at once, the other 2 s take 4 s to come back.
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        Task<bool> second = Verify("second");
        _time.Advance(TimeSpan.FromSeconds(4));
        _answers.Add(false);
        Assert.False(await first);
        await _time.WaitForTimersAsync(1);
        Assert.Empty(_computed);
        _time.Advance(TimeSpan.FromSeconds(4));
        await AnswerAsync(second, "second", true);
    }

    [Fact]
    public async Task A_hash_that_cannot_be_computed_fails_its_own_login_alone()
    {
        PasswordVerifier verifier = new(_time)
        {
            Compute = (_, password) => password.Span.SequenceEqual("large"u8) ? throw new InvalidOperationException("no memory") : true,
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => verifier.VerifyAsync(_hash, "large"u8.ToArray(), One, CancellationToken.None).AsTask());
        Assert.True(await verifier.VerifyAsync(_hash, "small"u8.ToArray(), One, CancellationToken.None));
    }

    [Fact]
    public async Task A_client_that_gives_up_does_not_wait()
    {
        Task<bool> first = Verify("first");
        Assert.Equal("first", Next());
        using CancellationTokenSource gone = new();
        Task<bool> waiting = _verifier.VerifyAsync(_hash, "second"u8.ToArray(), One, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await EndAsync([first], 2);
    }

    [Fact]
    public void A_login_that_ends_keeps_no_copy_of_its_password_however_it_ends()
    {
        byte[] refused = [.. "refused"u8], answered = [.. "answered"u8];
        new LoginJob(_hash, "1", refused, One, 0).End(new ProxyException(ProxyError.Overloaded, "too many"));
        new LoginJob(_hash, "2", answered, One, 0).End(false);
        Assert.All(refused.Concat(answered), each => Assert.Equal(0, each));
    }

    [Fact]
    public void So_many_right_passwords_are_remembered_and_no_more()
    {
        VerifiedPasswords verified = new(_time);
        for (int i = 0; i <= VerifiedPasswords.MaxCount; i++) verified.Add($"{i}");
        Assert.False(verified.Contains("0"));
        Assert.True(verified.Contains("1"));
        Assert.True(verified.Contains($"{VerifiedPasswords.MaxCount}"));
    }

    private Task<bool> Verify(string password, IPAddress? client = null) =>
        _verifier.VerifyAsync(_hash, Encoding.ASCII.GetBytes(password), client ?? One, CancellationToken.None).AsTask();

    private string Next()
    {
        Assert.True(_computed.TryTake(out string? password, TestTransports.Patience));
        return password;
    }

    private async Task AnswerAsync(Task<bool> task, string password, bool answer)
    {
        Assert.Equal(password, Next());
        _answers.Add(answer);
        Assert.Equal(answer, await task.WaitAsync(TestTransports.Patience));
    }

    private async Task EndAsync(Task<bool>[] tasks, int answers)
    {
        for (int i = 0; i < answers; i++) _answers.Add(true);
        Assert.All(await Task.WhenAll(tasks).WaitAsync(TestTransports.Patience), Assert.True);
    }

    private static PasswordHash Parse(string text)
    {
        Assert.True(PasswordHash.TryParse(text, out PasswordHash? hash, out string? fault), fault);
        return hash;
    }
}
