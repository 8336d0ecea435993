using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration.History;

public sealed class VersionStoreTests : IDisposable
{
    private static readonly ConfigDocument Document = ConfigLoader.Parse("inbounds: [{ name: a, type: http, listen: \":80\" }]").Document!;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A process that took over and failed before this one had let go.
    [Fact]
    public void What_another_process_wrote_is_taken_back_and_its_number_is_not_given_again()
    {
        HistoryConfig config = new(_folder["history"]);
        HistoryState ours = new(1, null, null, null);
        using (VersionStore store = VersionStore.Open(config))
        {
            store.Add(Document, Draft(1));
            store.Save(ours);
            HistoryFolder other = new(config.Directory);
            other.Write(Draft(2) with { Number = 2 }, Document.Text);
            other.Write(ours with { Current = 2 });
            store.Refresh();
            Assert.Equal(ours, store.State);
            Assert.Equal(3, store.Add(Document, Draft(3)).Number);
        }
        using VersionStore next = VersionStore.Open(config);
        Assert.Equal(ours, next.State);
    }

    private static ConfigVersion Draft(int hour) =>
        new(0, new DateTimeOffset(2030, 1, 1, hour, 0, 0, TimeSpan.Zero), "me", ConfigChange.Start, null, Document.Sha256, ConfigOutcome.Applied, "valid");
}
