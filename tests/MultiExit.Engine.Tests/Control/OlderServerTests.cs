using System.Text;
using System.Threading.Channels;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>A server that does not know the parameter <c>file</c> of a fleet's configuration yet: nodes of a fleet are upgraded one after the other.</summary>
public sealed class OlderServerTests : IAsyncDisposable
{
    private static readonly ConfigDocument Document = new("default: direct", "/etc/multiexit/fleet.yaml");

    private readonly OlderRollouts _server = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly Channel<DuplexPair> _connections = Channel.CreateUnbounded<DuplexPair>();
    private readonly EndpointServer _endpoint;
    private readonly ControlClient _client;

    public OlderServerTests()
    {
        _endpoint = new EndpointServer(AcceptAsync, _server, new EndpointLimits(), "the control socket", _log, TimeProvider.System);
        _endpoint.Start();
        _client = new ControlClient("older", _ =>
        {
            DuplexPair pair = new();
            Assert.True(_connections.Writer.TryWrite(pair));
            return new ValueTask<Stream>(pair.Left);
        });
    }

    public async ValueTask DisposeAsync()
    {
        _connections.Writer.Complete();
        await _endpoint.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_version_is_published_without_the_name_of_its_file()
    {
        RolloutRequest request = new() { Canary = 1, Message = "file" };
        RolloutStatus rollout = await _client.PublishConfigAsync(Document, request, TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience);
        Assert.Equal(7, rollout.Version);
        Assert.Equal(
            [
                "PUT /rollout?canary=1&hold=30s&message=file&file=%2Fetc%2Fmultiexit%2Ffleet.yaml default: direct",
                "PUT /rollout?canary=1&hold=30s&message=file default: direct",
            ], _server.Asked);
    }

    [Fact]
    public async Task A_version_is_checked_without_the_name_of_its_file()
    {
        Assert.Empty(await _client.CheckRolloutAsync(Document, TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience));
        Assert.Equal(
            ["POST /rollout/check?file=%2Fetc%2Fmultiexit%2Ffleet.yaml default: direct", "POST /rollout/check default: direct"], _server.Asked);
    }

    [Theory]
    [InlineData("there is no parameter canary; there are hold")]
    [InlineData("the fleet has no node that there is no parameter file; for")]
    public async Task Another_refusal_is_not_asked_again(string refusal)
    {
        _server.Refusal = refusal;
        ProxyException exception = await Assert.ThrowsAsync<ProxyException>(
            () => _client.PublishConfigAsync(Document, null, TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience));
        Assert.Equal(refusal, exception.Message);
        Assert.Single(_server.Asked);
    }

    private async ValueTask<DuplexStream?> AcceptAsync() =>
        await _connections.Reader.WaitToReadAsync() && _connections.Reader.TryRead(out DuplexPair? pair) ? pair.Right : null;

    private sealed class OlderRollouts : IEndpointRoutes
    {
        public List<string> Asked { get; } = [];

        public string? Refusal { get; set; }

        public int MaxBody(ControlRequest request) => 1000;

        public Task<ControlAnswer> AnswerAsync(ControlRequest request)
        {
            Asked.Add($"{request} {Encoding.UTF8.GetString(request.Body.Span)}");
            string? refusal = Refusal ?? (request.Target.Contains("file=", StringComparison.Ordinal)
                ? "there is no parameter file; there are canary, hold, confirm_within, probe, message" : null);
            if (refusal is not null) return Task.FromResult(ControlAnswer.Fail(400, "InvalidRequest", refusal));
            return Task.FromResult(request.Method == "PUT"
                ? ControlAnswer.Ok(new RolloutStatus("prod", 7, 0, RolloutState.Canary, TimeSpan.Zero, ""))
                : ControlAnswer.Ok(Array.Empty<ConfigDifference>()));
        }
    }
}
