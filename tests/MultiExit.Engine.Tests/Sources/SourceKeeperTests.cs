using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sources;

/// <summary>The loop that looks at a source.</summary>
public sealed class SourceKeeperTests
{
    [Fact]
    public async Task A_fault_of_the_program_is_told_and_the_source_is_looked_at_on()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["list"], "one");
        ManualTimeProvider time = new();
        MemoryLog memory = new();
        using EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false, memory));
        Text source = new(new RuleSetConfig("partners") { File = folder["list"], State = folder["kept"], Every = TimeSpan.FromSeconds(10) });
        SourceReports<string> reports = new((_, _) => { }, (_, _) => { }, (_, _) => { }, "MX1104");
        await using SourceKeeper<string> keeper = new(source, (_, _, _) => throw new NotSupportedException(), reports, log, new StoreFaults(log), time);
        keeper.Start();
        await time.WaitForTimersAsync(1);
        Assert.Null(source.Content);
        Assert.Contains(memory.Read(new LogQuery()), entry => entry.Id == "MX9000");
        Assert.Equal("a fault of the program", source.Fault?.Reason);
        await File.WriteAllTextAsync(folder["list"], "another");
        time.Advance(TimeSpan.FromSeconds(10));
        await Wait.UntilAsync(() => source is { Content: "another", Fault: null });
    }

    // The first look finds a fault of ours.
    private sealed class Text(SourceConfig config) : Sourced<string>(config)
    {
        private bool _hasFailed;

        public override string Name => "partners";

        public override string Title => "the text partners";

        public override string Place => "texts[0]";

        public override string Folder => "texts";

        public override string Form => "text";

        public override int MaxBytes => 100;

        public override string Read(Stream content)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                throw new InvalidOperationException("a fault of the program");
            }
            using StreamReader reader = new(content, leaveOpen: true);
            return reader.ReadToEnd();
        }
    }
}
