namespace MultiExit.Engine.Tests.Fleet;

/// <summary>The tests that have one PostgreSQL in common, each with a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresGroup : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
