using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Tests.Support;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class LogOutputTests
{
    [Fact]
    public async Task What_could_not_be_written_is_counted_and_the_count_is_the_next_line()
    {
        Target target = new() { Fault = new IOException("no room") };
        LogOutput output = new("the place", target);
        List<string> said = [];
        output.Failing = (place, reason) => said.Add($"{place.Name}: {reason}");
        using (Logger log = new LoggerConfiguration().WriteTo.Async(sinks => sinks.Sink(output), 100, false, output).CreateLogger())
        {
            log.Information("one");
            log.Information("two");
            await Wait.UntilAsync(() => output.Lost == 2);
            Assert.Equal("no room", output.Problem);
            Assert.Equal(["the place: no room"], said);
            target.Fault = null;
            log.Information("three");
            await Wait.UntilAsync(() => target.Lines.Count == 2);
        }
        Assert.Equal(["MX1051 messages were not written here: 2; \"no room\"", "three"], target.Lines);
        Assert.Null(output.Problem);
    }

    [Fact]
    public async Task Writers_never_wait_for_a_place_that_takes_nothing_and_the_end_does_not_either()
    {
        using ManualResetEventSlim takes = new();
        Target target = new() { Takes = takes };
        LogOutput output = new("the place", target);
        Logger log = new LoggerConfiguration().WriteTo.Async(sinks => sinks.Sink(output), 10, false, output).CreateLogger();
        log.Information("first");
        await Wait.UntilAsync(() => target.Waiting);
        for (int i = 0; i < 15; i++) log.Information("more");
        Assert.Equal(5, output.Lost);
        Assert.Equal("its reader does not read", output.Problem);
        LoggerPair pair = new(log, null, [output]);
        await Task.Run(pair.Dispose).WaitAsync(TestTransports.Patience);
        takes.Set();
        await Wait.UntilAsync(() => target.Lines.Any(line => line.StartsWith("MX1051 messages were not written here: 5;", StringComparison.Ordinal)));
    }

    [UnixFact]
    public void A_log_file_that_is_a_pipe_is_refused_at_once()
    {
        using TemporaryFolder folder = new();
        string path = folder[$"mx{DateTime.Now:yyyyMMdd}.log"];
        Assert.Empty(SmallDisk.Run("mkfifo", path));
        MultiExit.Engine.Errors.ProxyException refused = Assert.Throws<MultiExit.Engine.Errors.ProxyException>(
            () => LogFactory.Create(new LoggingConfig { File = folder["mx.log"] }, console: false));
        Assert.Contains("no regular file", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Target : ILogEventSink
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public volatile Exception? Fault;
        public volatile bool Waiting;

        public ManualResetEventSlim? Takes { get; init; }

        public void Emit(LogEvent logEvent)
        {
            Waiting = true;
            Takes?.Wait();
            if (Fault is { } fault) throw fault;
            lock (_lines) _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
