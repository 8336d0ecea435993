using Microsoft.Data.Sqlite;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Searches the files of a store, newest first, an hour at a time: a search that finds little gives up its thread after a while and says
/// where it goes on.</summary>
/// <param name="path">The name that the files have in common.</param>
/// <param name="damaged">Takes a file that is damaged; the search goes on without it.</param>
/// <param name="unreadable">Asks the writer to look after its file, before another attempt; null: there is none here.</param>
internal sealed class RecordSearch(string path, Action<PartitionFile> damaged, Action? unreadable = null)
{
    // A disk or a log beside the file may be in the way for an instant: one read that fails says little of the file. Long enough for the writer, too.
    private const int Attempts = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly long Window = TimeSpan.FromHours(1).Ticks;
    private static readonly long Day = TimeSpan.FromDays(1).Ticks;

    /// <summary>One page of what is looked for.</summary>
    /// <exception cref="ProxyException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public RecordPage Run(RecordQuery query, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int attempt = 1;; attempt++)
        {
            if (Attempt(query, isLast: attempt == Attempts, time, cancellationToken) is { } page) return page;
            unreadable?.Invoke();
            cancellationToken.WaitHandle.WaitOne(Pause);
        }
    }

    private RecordPage? Attempt(RecordQuery query, bool isLast, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return Search(new RecordFilter(query), query.Limit, time, cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Sqlite.Interrupted)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (SqliteException) when (!isLast)
        {
            return null;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.ServerState, $"records: the files of {path} cannot be read: {Sqlite.Describe(exception)}", exception);
        }
    }

    private RecordPage Search(RecordFilter filter, int limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        List<(long Key, SessionRecord Record)> found = [];
        foreach (IGrouping<DateOnly, PartitionFile> day in PartitionFile.List(path).Reverse().GroupBy(file => file.Day))
        {
            long first = PartitionFile.FirstKey(day.Key), least = Math.Max(filter.From, first), before = Math.Min(filter.Before, first + Day);
            if (least >= before) continue;
            List<PartitionReader> readers = [];
            try
            {
                foreach (PartitionFile file in day) Open(file, filter, readers, cancellationToken);
                for (long from; before > least && readers.Count > 0; before = from)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    from = filter.IsIndexed ? least : Math.Max(least, before - Window);
                    if (Read(readers, from, before, limit - found.Count, found)) return Page(found, found[^1].Key);
                    if (time.GetElapsedTime(began) > Patience) return Page(found, from);
                }
            }
            finally
            {
                foreach (PartitionReader reader in readers) reader.Dispose();
            }
        }
        return Page(found, null);
    }

    private void Open(PartitionFile file, RecordFilter filter, List<PartitionReader> readers, CancellationToken cancellationToken)
    {
        try
        {
            PartitionReader reader = new(file, filter, cancellationToken);
            if (reader.IsEmpty) reader.Dispose();
            else readers.Add(reader);
        }
        catch (FileNotFoundException)
        {
            // Dropped meanwhile.
        }
        catch (SpecialFileException)
        {
            // A link or a pipe in the place of a file that the store has made: no search has to fail for it.
            damaged(file);
        }
        catch (SqliteException) when (!File.Exists(file.Path))
        {
            // The same, a moment later.
        }
        catch (SqliteException exception) when (Sqlite.IsDamaged(exception))
        {
            damaged(file);
        }
    }

    // Whether there may be more of them in this range.
    private bool Read(List<PartitionReader> readers, long from, long before, int room, List<(long Key, SessionRecord Record)> found)
    {
        List<(long Key, SessionRecord Record)> added = [];
        bool isCut = false;
        foreach (PartitionReader reader in readers.ToArray())
        {
            try
            {
                isCut |= reader.Read(from, before, room, added) == room;
            }
            catch (SqliteException exception) when (Sqlite.IsDamaged(exception))
            {
                readers.Remove(reader);
                reader.Dispose();
                damaged(reader.File);
            }
        }
        added.Sort(static (one, other) => other.Key.CompareTo(one.Key));
        found.AddRange(added.Take(room));
        return (isCut || added.Count > room) && found.Count > 0;
    }

    private static RecordPage Page(List<(long Key, SessionRecord Record)> found, long? next) => new([.. found.Select(pair => pair.Record)], next);
}
