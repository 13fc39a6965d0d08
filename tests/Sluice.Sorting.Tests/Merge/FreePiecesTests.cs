namespace Sluice.Sorting.Tests;

public class FreePiecesTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    [Seeded(3)]
    public void Each_range_lies_in_the_first_gap_that_has_room(int seed)
    {
        Random random = new(seed);
        FreePieces pieces = new();
        List<bool> model = [];
        List<(int Start, int Count)> taken = [];
        for (int round = 0; round < 2000; round++)
        {
            if (taken.Count == 0 || (taken.Count < 12 && random.Next(2) == 0))
            {
                int count = random.Next(1, 9);
                int expected = Enumerable.Range(0, model.Count + 1)
                    .First(start => model.Skip(start).Take(count).All(isTaken => !isTaken)
                        && (start == model.Count || start + count <= model.Count));

                Assert.Equal(expected, pieces.Take(count));

                model.AddRange(new bool[Math.Max(0, expected + count - model.Count)]);
                Mark(expected, count, true);
                taken.Add((expected, count));
            }
            else
            {
                int which = random.Next(taken.Count);
                (int start, int count) = taken[which];
                taken.RemoveAt(which);

                pieces.GiveBack(start, count);

                Mark(start, count, false);
                model.RemoveRange(model.LastIndexOf(true) + 1, model.Count - model.LastIndexOf(true) - 1);
            }

            Assert.Equal(model.Count, pieces.End);
        }

        void Mark(int start, int count, bool isTaken)
        {
            for (int piece = start; piece < start + count; piece++)
            {
                model[piece] = isTaken;
            }
        }
    }
}
