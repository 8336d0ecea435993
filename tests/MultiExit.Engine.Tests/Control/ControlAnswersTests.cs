using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Control;

/// <summary>What answers in the place of a server may send anything: a host that is reached over ssh, or a program that holds the socket.</summary>
public sealed class ControlAnswersTests
{
    public static TheoryData<string> AnswerTypes => [.. ControlTable.All.Select(route => route.Answer).OfType<Type>()
        .Concat([typeof(ControlError), typeof(AccessStatus), typeof(ServerEvent), typeof(ReachedServers)])
        .Where(type => type != typeof(JsonElement)).SelectMany(WithParts).Distinct().Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(AnswerTypes))]
    public void An_object_without_members_is_refused_or_has_no_null_where_its_type_has_none(string name)
    {
        Type type = typeof(ControlClient).Assembly.GetType(name, throwOnError: true)!;
        object? answer;
        try
        {
            answer = JsonSerializer.Deserialize("{}", type, AnswerJson.Options);
        }
        catch (JsonException)
        {
            return;
        }
        NullabilityInfoContext context = new();
        Assert.All(type.GetProperties(), property =>
        {
            if (context.Create(property).ReadState == NullabilityState.NotNull) Assert.NotNull(property.GetValue(answer));
        });
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{\"name\":null}]")]
    [InlineData("[{}]")]
    [InlineData("[{\"name\":\"a\",\"type\":\"direct\",\"failures\":{\"a\":null}}]")]
    [InlineData("{\"name\":\"a\"}")]
    public async Task Null_in_place_of_what_has_to_be_there_is_no_answer_of_a_server(string json)
    {
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => ClientOf(Answer(200, json)).GetExitsAsync());
        Assert.Equal(ProxyError.ControlUnreachable, refused.Reason);
        Assert.StartsWith("edge: what answers is no MultiExit server", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "{\"error\":\"ServerState\",\"message\":\"a\\u001b]0;b\\u0007\\u009bc\"}")]
    [InlineData(403, "{\"error\":\"OperatorNeeded\",\"message\":\"a\\u001b[2Jb\\u009bc\"}")]
    [InlineData(503, "{\"error\":\"x\",\"message\":\"a\\u001b[2Jb\\u009bc\"}")]
    [InlineData(405, "{\"error\":\"x\",\"message\":\"a\\u001b[2Jb\\u009bc\"}")]
    [InlineData(200, "{\"\\u001b[2J\":[1,,]}")]
    [InlineData(200, "[{\"name\":\"a\",\"type\":\"direct\",\"\\u001b[2J\":1,\"failures\":{\"\\u001b[2J\":true}}]")]
    public async Task The_message_of_a_failure_has_nothing_that_a_terminal_acts_on(int status, string json)
    {
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => ClientOf(Answer(status, json)).GetExitsAsync());
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task A_peer_that_speaks_no_HTTP_puts_nothing_on_the_terminal()
    {
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => ClientOf("\u001b[2J\u001b]0;owned\u0007\r\n\r\n").GetExitsAsync());
        Assert.Equal(ProxyError.ControlUnreachable, failure.Reason);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public void Text_of_objects_keeps_its_lines_and_loses_what_a_terminal_acts_on()
    {
        ServerWarning warning = JsonSerializer.Deserialize<ServerWarning>("""{"id":"MX1","message":"a\nb\tc\u001b[31m\u007f\u009b"}""", AnswerJson.Options)!;
        Assert.Equal("a\nb\tc?[31m??", warning.Message);
    }

    [Theory]
    [InlineData("\ndata: {}\n", "an event is not understood")]
    [InlineData("\ndata: null\n", "an event is not understood")]
    public async Task An_event_that_is_none_ends_the_listening_with_a_reason(string lines, string reason) =>
        Assert.StartsWith($"edge: {reason}", (await ListenAsync(Encoding.UTF8.GetBytes(lines))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_line_that_never_ends_is_not_kept_in_memory()
    {
        EndlessStream endless = new(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: "));
        ProxyException failure = await ListenAsync(endless);
        Assert.StartsWith("edge: an event is too long", failure.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1024 * 1024, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task Lines_of_events_are_the_same_however_they_come_in_pieces()
    {
        string[] sent = ["", "data: ä", new('x', 9000), "id: 1"];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(sent.Select((line, i) => line + (i % 2 == 0 ? "\n" : "\r\n"))) + "no end");
        foreach (int piece in (int[])[1, 3, 4096, bytes.Length])
        {
            EventLines lines = new(new PiecesStream(bytes, piece), 10_000);
            foreach (string line in sent) Assert.Equal(line, await lines.ReadAsync(CancellationToken.None));
            Assert.Null(await lines.ReadAsync(CancellationToken.None));
        }
    }

    private static async Task<ProxyException> ListenAsync(byte[] lines) => await ListenAsync(new PiecesStream(
        [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"), .. lines], int.MaxValue));

    private static async Task<ProxyException> ListenAsync(Stream peer)
    {
        ControlClient client = new("edge", _ => ValueTask.FromResult(peer));
        await using IAsyncEnumerator<ServerEvent> events = client.GetEventsAsync().GetAsyncEnumerator();
        return await Assert.ThrowsAsync<ProxyException>(() => events.MoveNextAsync().AsTask().WaitAsync(TestTransports.Patience));
    }

    private static string Answer(int status, string json) => $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n\r\n{json}";

    private static ControlClient ClientOf(string answer) =>
        new("edge", _ => ValueTask.FromResult<Stream>(new PiecesStream(Encoding.UTF8.GetBytes(answer), int.MaxValue)));

    // A type and those of its members, as far as they are of the engine.
    private static IEnumerable<Type> WithParts(Type type)
    {
        HashSet<Type> found = [];
        Add(type);
        return found;

        void Add(Type next)
        {
            foreach (Type argument in next.GenericTypeArguments) Add(argument);
            if (next.Assembly != typeof(ControlClient).Assembly || !next.IsClass || typeof(IEnumerable).IsAssignableFrom(next) || !found.Add(next)) return;
            foreach (PropertyInfo property in next.GetProperties()) Add(property.PropertyType);
        }
    }

    // Takes whatever is written, and gives some bytes, so many at a time.
    private sealed class PiecesStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override bool CanWrite => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // Some bytes, and then x without an end.
    private sealed class EndlessStream(byte[] first) : MemoryStream(first)
    {
        private long _given;

        public long Given => Interlocked.Read(ref _given);

        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            if (count > 0) return count;
            buffer.Span.Fill((byte)'x');
            Interlocked.Add(ref _given, buffer.Length);
            return buffer.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
