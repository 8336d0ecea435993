using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Finds groups and chains (<c>via</c>) that lead back to themselves.</summary>
internal sealed class ExitCycles
{
    private readonly ErrorList _errors;
    private readonly ILookup<string, NameReference> _uses;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    public ExitCycles(IEnumerable<NameReference> uses, ErrorList errors)
    {
        _errors = errors;
        _uses = uses.Where(use => use.Owner is not null).ToLookup(use => use.Owner!, StringComparer.Ordinal);
    }

    /// <summary>Adds one error for each reference that closes a cycle.</summary>
    public void Check()
    {
        foreach (IGrouping<string, NameReference> start in _uses) Walk(start.Key);
    }

    // Depth first with a stack of its own: chains may be as long as the file.
    private void Walk(string start)
    {
        if (!_done.Add(start)) return;
        List<string> path = [start];
        HashSet<string> onPath = new(StringComparer.Ordinal) { start };
        Stack<IEnumerator<NameReference>> open = new();
        open.Push(_uses[start].GetEnumerator());
        while (open.TryPeek(out IEnumerator<NameReference>? uses))
        {
            if (!uses.MoveNext())
            {
                open.Pop();
                onPath.Remove(path[^1]);
                path.RemoveAt(path.Count - 1);
            }
            else if (onPath.Contains(uses.Current.Name))
            {
                IEnumerable<string> cycle = path.Skip(path.IndexOf(uses.Current.Name)).Append(uses.Current.Name);
                _errors.Add(uses.Current.Place, $"leads back to itself: {ErrorText.Clean(string.Join(" -> ", cycle))}");
            }
            else if (_done.Add(uses.Current.Name))
            {
                path.Add(uses.Current.Name);
                onPath.Add(uses.Current.Name);
                open.Push(_uses[uses.Current.Name].GetEnumerator());
            }
        }
    }
}
